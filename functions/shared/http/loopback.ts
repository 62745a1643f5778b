/**
 * Whether loopback addresses may be called: only in the stage `local`.
 *
 * The bundler replaces `process.env.TASKLANE_BUILD_STAGE` by the text of the stage that it builds for
 * (`define`), so this is `true` or `false` in the deployed code, and no setting of the function can turn it on.
 * Where nothing is built, as in tests, the variable is not set and loopback is refused.
 */
export const loopbackAllowed: boolean = process.env.TASKLANE_BUILD_STAGE === 'local';
