/**
 * What a promise is rejected with; undefined if it is kept. For tests that run side by side: vitest counts a pending
 * `expect(…).rejects` to whichever of them began last.
 */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return error;
  }
}
