/** Tags that cosign names after what they sign or describe: nobody runs these. */
const kAttached = /^sha(256|512)-[0-9a-f]+\.(sig|att|sbom)$/;

/** The first tag that names an image, or the first of all. */
export function newestImage<Named extends { name: string }>(tags: readonly Named[] | undefined): Named | undefined {
  return tags?.find((tag) => !kAttached.test(tag.name)) ?? tags?.[0];
}
