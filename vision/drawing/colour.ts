/** Colours are strings of the form `#rrggbb`. */
export type Colour = string;

/** Hue in degrees, saturation and lightness from 0 to 1. */
export function hsl(hue: number, saturation: number, lightness: number): Colour {
  const reach = saturation * Math.min(lightness, 1 - lightness);
  const channel = (offset: number) => {
    const position = (offset + hue / 30 + 120) % 12;
    return lightness - reach * Math.max(-1, Math.min(position - 3, 9 - position, 1));
  };
  return join([channel(0) * 255, channel(8) * 255, channel(4) * 255]);
}

/** A share of `other` from 0 (none) to 1 (all) mixed into `colour`. */
export function mix(colour: Colour, other: Colour, share: number): Colour {
  const [to, from] = [split(other), split(colour)];
  return join(from.map((value, index) => value + ((to[index] ?? 0) - value) * share));
}

export const darken = (colour: Colour, share: number): Colour => mix(colour, '#0a0508', share);
export const lighten = (colour: Colour, share: number): Colour => mix(colour, '#fffaf2', share);

export const isLight = (colour: Colour): boolean => split(colour).reduce((sum, value) => sum + value, 0) > 3 * 120;

function split(colour: Colour): number[] {
  return [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16));
}

function join(channels: readonly number[]): Colour {
  const digits = channels.map((value) =>
    Math.round(Math.min(255, Math.max(0, value)))
      .toString(16)
      .padStart(2, '0'),
  );
  return `#${digits.join('')}`;
}
