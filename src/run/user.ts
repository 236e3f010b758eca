/** Who runs the app: the image's user in numbers, as https://github.com/opencontainers/image-spec/blob/v1.1.0/config.md (User) has it. */
import { TareError } from '../errors.js';

export interface User {
	readonly uid: number;
	readonly gid: number;
	/** Further groups. */
	readonly groups: readonly number[];
	/** Home folder, absolute in the image. */
	readonly home: string;
}

/**
 * @param text `user`, `uid`, `user:group`, ...; empty for root
 * @param files the image's /etc/passwd and /etc/group; '' where it has none
 * @throws TareError IMAGE_INVALID for a name that the image does not know
 */
export function resolveUser(text: string, files: { readonly passwd: string; readonly group: string }): User {
	const [name = '', groupName] = (text === '' ? '0' : text).split(':');
	const entry = rows(files.passwd).find(([known, , uid]) => known === name || uid === name);
	const uid = numberOf(name) ?? numberOf(entry?.[2]);
	if (uid === undefined) throw unknown('user', name, '/etc/passwd');
	const groups = rows(files.group);
	const gid = groupName === undefined ? (numberOf(entry?.[3]) ?? 0) : (numberOf(groupName) ?? numberOf(groups.find(([known]) => known === groupName)?.[2]));
	if (gid === undefined) throw unknown('group', groupName ?? '', '/etc/group');
	const login = entry?.[0];
	const further = groups.filter(([, , , members = '']) => groupName === undefined && login !== undefined && members.split(',').includes(login));
	return { uid, gid, groups: further.map(([, , id]) => Number(id)).filter((id) => id !== gid), home: entry?.[5] || '/' };
}

function rows(text: string): readonly (readonly string[])[] {
	return text
		.split('\n')
		.filter((line) => line.includes(':'))
		.map((line) => line.trim().split(':'));
}

function numberOf(text: string | undefined): number | undefined {
	return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

function unknown(what: string, name: string, file: string): TareError {
	return new TareError('IMAGE_INVALID', `the image runs as the ${what} "${name}", which its ${file} does not have`, {
		hint: 'Build it with a number: --user 65532:65532.',
	});
}
