import { vitePreprocess } from "@sveltejs/vite-plugin-svelte";

// Class names of styles follow from the styles alone, so that a build does not
// depend on where the sources lie.
export default {
  preprocess: vitePreprocess(),
  compilerOptions: { runes: true, cssHash: ({ hash, css }) => `s-${hash(css)}` },
};
