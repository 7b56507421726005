import type { Flavor } from '../../../core/model/instance.ts';

export interface ImageOnDisk {
  /** Names with tags; of an image without a name `<none>:<none>`. */
  readonly tags: readonly string[];
  /** Seconds since 1970. */
  readonly created: number;
}

export interface ChosenImage {
  readonly name: string;
  readonly flavor: Flavor;
  /** False: it must be pulled first. */
  readonly isHere: boolean;
}

export interface ImageWish {
  /** Undefined: whichever is at hand. */
  readonly flavor: Flavor | undefined;
  /** From the settings; undefined or empty: none in particular. */
  readonly image: string | undefined;
}

/** The long-term releases of the official images. */
const official: Readonly<Record<Flavor, string>> = { mariadb: 'mariadb:lts', mysql: 'mysql:lts' };

/** A server whose first start heeds what the official images heed. */
const serverImage = /^(?!bitnami\/|.*\/bitnami\/)(?:.*\/)?(mariadb|mysql)(?:-server)?:(?!<none>)/;

/**
 * Which image the lab is made of: that of the settings, else one that is here, official ones and newer ones first, else the
 * official one of the flavor. An image of the settings that is of another flavor than asked for does not count.
 */
export function chooseImage(
  { flavor, image }: ImageWish,
  onDisk: readonly ImageOnDisk[],
): ChosenImage {
  if (image !== undefined && image !== '' && (flavor ?? flavorOf(image)) === flavorOf(image)) {
    const name = withTag(image);
    const isHere = onDisk.some(({ tags }) => tags.some((it) => shortName(it) === shortName(name)));
    return { name, flavor: flavorOf(image), isHere };
  }
  const [best] = onDisk
    .flatMap(({ tags, created }) => tags.map((name) => ({ name, created })))
    .filter(({ name }) => serverImage.test(name) && (flavor ?? flavorOf(name)) === flavorOf(name))
    .toSorted((one, other) => rank(one.name) - rank(other.name) || other.created - one.created);
  if (best !== undefined) {
    return { name: best.name, flavor: flavorOf(best.name), isHere: true };
  }
  const wanted = flavor ?? 'mariadb';
  return { name: official[wanted], flavor: wanted, isHere: false };
}

/** By its name: `registry:5000/team/mariadb:11.4` is MariaDB. */
function flavorOf(image: string): Flavor {
  return /maria/i.test(image) ? 'mariadb' : 'mysql';
}

/** `mysql` means `mysql:latest`; a colon before a slash belongs to a port. */
function withTag(image: string): string {
  return /[:@][^/]*$/.test(image) ? image : `${image}:latest`;
}

/** Podman writes out in which registry an image would be, or that it is of this machine. */
function shortName(image: string): string {
  return image.replace(/^(?:docker\.io\/(?:library\/)?|localhost\/)/, '');
}

function rank(name: string): number {
  return shortName(name).includes('/') ? 1 : 0;
}
