/** Colours and numbers as people read them. */
import { styleText } from 'node:util';

export interface Style {
	bold(text: string): string;
	dim(text: string): string;
	red(text: string): string;
	green(text: string): string;
	yellow(text: string): string;
	cyan(text: string): string;
}

type Format = Parameters<typeof styleText>[0];
/** Newer Node looks at the stream by itself unless told not to; Node 20's types do not know the option. */
const styled: (format: Format, text: string, options?: { readonly validateStream: boolean }) => string = styleText;

export function createStyle(colour: boolean): Style {
	const paint = (format: Format) => (text: string) => (colour ? styled(format, text, { validateStream: false }) : text);
	return { bold: paint('bold'), dim: paint('dim'), red: paint('red'), green: paint('green'), yellow: paint('yellow'), cyan: paint('cyan') };
}

/** `1.2 MB`: powers of ten, as registries bill. */
export function formatBytes(bytes: number): string {
	const units = ['B', 'kB', 'MB', 'GB', 'TB'];
	let value = bytes;
	let unit = 0;
	for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1000;
	return `${unit === 0 ? value : value.toFixed(value < 99.5 ? 1 : 0)} ${units[unit]}`;
}

export function formatDuration(ms: number): string {
	if (ms < 1000) return `${Math.round(ms)} ms`;
	return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}
