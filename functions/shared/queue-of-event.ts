/** The queue URL that belongs to an event source's ARN: the one that ends in the same queue name. */
export function queueUrlOf(eventSourceArn: string, queueUrls: readonly string[]): string {
  const name = eventSourceArn.slice(eventSourceArn.lastIndexOf(':') + 1);
  const url = queueUrls.find((candidate) => candidate.endsWith(`/${name}`));
  if (url === undefined) throw new Error(`no configured queue has the name of ${eventSourceArn}`);
  return url;
}
