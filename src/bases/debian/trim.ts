/** Which files of a package are left out of every image. */

/** Documentation (but copyright files, which scanners and licences need), translations, and what only package tools read. */
const DROPPED = [
	/^usr\/share\/doc\/(?![^/]+\/copyright$)/,
	/^usr\/share\/(?:man|info|lintian|locale|bug|linda|doc-base|menu|gdb|bash-completion|zsh|fish)\//,
	/^(?:etc|usr\/share)\/(?:cron|logrotate|init|update-motd)\.?[^/]*\//,
	/^usr\/share\/(?:base-files|gcc)\//,
	/^etc\/(?:default|dpkg|ld\.so\.conf\.d|profile\.d|init\.d)\//,
];

/** The C library's conversions that are kept when slim: Unicode, Western European. */
const COMMON_GCONV = /\/gconv\/(?:gconv-modules(?:\.d\/.*)?|UTF-(?:7|16|32)|ISO8859-1(?:5)?|CP1252)(?:\.so)?$/;
const GCONV = /\/gconv\//;

export function isTrimmed(path: string): boolean {
	return DROPPED.some((pattern) => pattern.test(path));
}

export function isRareConversion(path: string): boolean {
	return GCONV.test(path) && !COMMON_GCONV.test(path);
}
