/*
 * Runs the words that follow as a command: $NAME, ${NAME}, ${NAME-word} and ${NAME:-word} are filled in from the environment, $$ is a
 * dollar; NAME=value may stand first. A word that is one variable and nothing else becomes as many words as its value has. The program's
 * path is absolute. No C library, no shell; scripts/launcher.mjs compiles it.
 */
#if defined(__x86_64__)
enum { WRITE = 1, EXECVE = 59, EXIT = 60 };
static long call(long number, const void *a, const void *b, const void *c) {
	long result;
	__asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
	return result;
}
__asm__(".globl _start\n_start:\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall launch\n");
#elif defined(__aarch64__)
enum { WRITE = 64, EXECVE = 221, EXIT = 93 };
static long call(long number, const void *a, const void *b, const void *c) {
	register long x8 __asm__("x8") = number;
	register const void *x0 __asm__("x0") = a, *x1 __asm__("x1") = b, *x2 __asm__("x2") = c;
	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
	return (long)x0;
}
__asm__(".globl _start\n_start:\n\tmov x0, sp\n\tb launch\n");
#endif

enum { WORDS = 4096, VARIABLES = 16384, TEXT = 1 << 18 };
static char *words[WORDS], *environment[VARIABLES], text[TEXT];
static unsigned used;

static void fail(const char *says) {
	unsigned length = 0;
	while (says[length]) length++;
	call(WRITE, (void *)2, says, (void *)(long)length);
	call(WRITE, (void *)2, "\n", (void *)1);
	call(EXIT, (void *)127, 0, 0);
}

static void put(char c) {
	if (used == TEXT) fail("tare: the command is too long");
	text[used++] = c;
}

static int letter(char c) { return c == '_' || (c | 32) >= 'a' && (c | 32) <= 'z'; }
static int part(char c) { return letter(c) || c >= '0' && c <= '9'; }
static int blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

/* The length of the name that a text begins with. */
static unsigned name(const char *from) {
	unsigned length = 0;
	if (letter(*from)) while (part(from[length])) length++;
	return length;
}

/* The variable's place in the environment, or where the next one goes. */
static char **find(const char *named, unsigned length) {
	char **at = environment;
	for (; *at; at++) {
		unsigned same = 0;
		while (same < length && (*at)[same] == named[same]) same++;
		if (same == length && (*at)[length] == '=') break;
	}
	return at;
}

/* Writes what the word comes to; returns whether it was one variable and nothing else. */
static int expand(const char *word) {
	const char *whole = word;
	while (*word) {
		if (*word != '$') {
			put(*word++);
			continue;
		}
		word++;
		int braced = *word == '{';
		unsigned length = name(word + braced);
		if (length == 0) {
			put('$');
			if (*word == '$') word++;
			continue;
		}
		const char *begins = word - 1, *named = word + braced, *value = *find(named, length);
		word = named + length;
		if (value) value += length + 1;
		if (braced) {
			int colon = *word == ':';
			word += colon;
			if (value && !*value && colon) value = 0;
			if (*word == '-') for (word++; *word && *word != '}'; word++) if (!value) put(*word);
			if (*word == '}') word++;
		}
		if (value) while (*value) put(*value++);
		if (begins == whole && !*word) return 1;
	}
	return 0;
}

void launch(long *stack) {
	char **argument = (char **)(stack + 2), **variable = (char **)(stack + 1 + *stack + 1);
	unsigned count = 0;
	for (; *variable; variable++) {
		if (count == VARIABLES - 64) fail("tare: too many variables");
		environment[count++] = *variable;
	}
	for (unsigned set = 0; *argument && set < 62; argument++, set++) {
		unsigned length = name(*argument);
		if (length == 0 || (*argument)[length] != '=') break;
		char *value = text + used;
		expand(*argument);
		put(0);
		*find(*argument, length) = value;
	}
	count = 0;
	for (; *argument; argument++) {
		char *word = text + used;
		int splits = expand(*argument);
		put(0);
		for (;;) {
			if (splits) while (blank(*word)) word++;
			if (splits && !*word) break;
			if (count == WORDS - 1) fail("tare: too many words");
			words[count++] = word;
			if (!splits) break;
			while (*word && !blank(*word)) word++;
			if (*word) *word++ = 0;
		}
	}
	if (count == 0) fail("tare: no command");
	call(EXECVE, words[0], words, environment);
	fail(words[0]);
}
