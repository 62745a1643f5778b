/** A self-signed certificate for `service.test`, a name that never exists (RFC 6761), until 2125. Serves tests only. */
export const serviceTestCertificate = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBnjCCAUSgAwIBAgIUEByJmz91+kenZCKH4ljVyslkNlYwCgYIKoZIzj0EAwIw
FzEVMBMGA1UEAwwMc2VydmljZS50ZXN0MCAXDTI2MTEyMTE2MjY0OFoYDzIxMjYx
MDI4MTYyNjQ4WjAXMRUwEwYDVQQDDAxzZXJ2aWNlLnRlc3QwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAARq0wnOy0njtkjn1fC52NlJb7b82kGxfL/CCqdrBLn8aNgc
duab9sruWZSYVcetz/v2aizL+Ixam1lbdAoBs5Yqo2wwajAdBgNVHQ4EFgQUdnAs
QWnymSVUDGt8A2HgUY0avd8wHwYDVR0jBBgwFoAUdnAsQWnymSVUDGt8A2HgUY0a
vd8wDwYDVR0TAQH/BAUwAwEB/zAXBgNVHREEEDAOggxzZXJ2aWNlLnRlc3QwCgYI
KoZIzj0EAwIDSAAwRQIgRzogCQWTD/N5PejSGRL6R4YQeuciUBDOswK8ly3Ysg0C
IQDLqk0gVblgYTg3SLKQNxaEr/rOiijGfe1v+wJoGqcVcg==
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgwlfcHX9TCjmgyyoL
4vhQn7AsCmLym6xf8EEqxI3h4p+hRANCAARq0wnOy0njtkjn1fC52NlJb7b82kGx
fL/CCqdrBLn8aNgcduab9sruWZSYVcetz/v2aizL+Ixam1lbdAoBs5Yq
-----END PRIVATE KEY-----
`,
};
