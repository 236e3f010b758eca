/* Answers every request with one line; ends on SIGTERM. */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 12\r\nConnection: close\r\n\r\nHello from C";

int main(void) {
	const char *port = getenv("PORT");
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port ? atoi(port) : 8080), .sin_addr.s_addr = INADDR_ANY};
	int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 16) != 0) return 1;
	for (;;) {
		char request[4096];
		int client = accept(listener, NULL, NULL);
		if (client < 0) continue;
		if (read(client, request, sizeof request) > 0) (void)!write(client, answer, strlen(answer));
		shutdown(client, SHUT_WR);
		close(client);
	}
}
