// npm run package
import { packageExtension } from './package-extension.mjs';
import { setUpTools } from './set-up.mjs';
import { main, tell } from './steps.mjs';

await main(async () => {
  tell(await packageExtension(await setUpTools()));
});
