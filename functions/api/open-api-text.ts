let text: Promise<string> | undefined;

/** The OpenAPI document as JSON; made when it is first asked for, not at each cold start. */
export function openApiText(): Promise<string> {
  text ??= import('../../core/contract/open-api.ts').then(({ openApiDocument }) =>
    JSON.stringify(openApiDocument()),
  );
  return text;
}
