import { freshToken } from '../local/fresh-token.ts';

try {
  console.log(await freshToken(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
