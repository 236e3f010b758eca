/** The modules that the image's Python has by itself: files of Debian's packages, and what is compiled into the interpreter. */
import { join } from 'node:path';
import { diskRoot, type Root } from './search.js';

/** `sys.builtin_module_names` of Debian's 3.11 and 3.13, and names that no file stands for. */
const BUILT_IN = `__main__ _abc _ast _bisect _blake2 _codecs _collections _csv _datetime _elementtree _functools _heapq _imp _io _json _locale _md5
_opcode _operator _pickle _posixsubprocess _random _sha1 _sha2 _sha256 _sha3 _sha512 _signal _socket _sre _stat _statistics _string _struct _suggestions
_symtable _sysconfig _thread _tokenize _tracemalloc _typing _warnings _weakref array atexit audioop binascii builtins cmath errno faulthandler fcntl gc
grp itertools marshal math posix pwd pyexpat select spwd sys syslog time unicodedata zlib zipimport _frozen_importlib _frozen_importlib_external`;

/** What only the server that embeds Python brings. */
const EMBEDDED = ['uwsgi', 'mod_wsgi'];

/** @param root the unpacked base */
export function standardLibrary(root: string, version: string): readonly Root[] {
	const names = new Set([...BUILT_IN.split(/\s+/), ...EMBEDDED].map((name) => `${name}.py`));
	const builtIn: Root = { names: (folder) => (folder === '' ? names : undefined) };
	const library = `usr/lib/python${version}`;
	// Debian's distutils is there in part.
	const own = [library, `${library}/lib-dynload`].map((folder): Root => ({ ...diskRoot(join(root, folder)), whole: ['distutils'] }));
	return [builtIn, ...own, diskRoot(join(root, 'usr/lib/python3/dist-packages'))];
}
