/** The one way out to the network: everything that speaks HTTP takes an `HttpClient`. */

export interface HttpRequest {
	readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
	readonly url: string;
	readonly headers?: Readonly<Record<string, string>>;
	/** Bytes, or a factory (called once per attempt) for a stream of `length` bytes. */
	readonly body?: Uint8Array | { readonly length: number; readonly open: () => AsyncIterable<Uint8Array> };
	/**
	 * Default 20. GET and HEAD follow every redirect; the others 307 and 308, with their body, to the same server or one with TLS.
	 * `authorization` goes to the same server only. 0 returns the redirect itself.
	 */
	readonly redirects?: number;
	/** A redirect to where this says no is returned itself. */
	readonly mayGoTo?: (target: URL) => boolean;
	readonly signal?: AbortSignal;
	/** Longest time for headers and body together, in milliseconds; default none, for a body may be of any size. */
	readonly timeoutMs?: number;
}

export interface HttpResponse {
	readonly status: number;
	/** After redirects. */
	readonly url: string;
	header(name: string): string | undefined;
	/** The body as it arrives, never decompressed. Read it, or call `discard`. */
	readonly body: AsyncIterable<Uint8Array>;
	/** The whole body. @throws TareError NETWORK when it is longer than `limit` bytes */
	bytes(limit: number): Promise<Uint8Array>;
	discard(): void;
}

/** Done as asked. Registries answer with other codes of success than the specification names: 201 or 204 for a chunk, 200 for a blob. */
export function succeeded({ status }: Pick<HttpResponse, 'status'>): boolean {
	return status >= 200 && status < 300;
}

export interface HttpClient {
	/**
	 * Resolves for every HTTP status. An idempotent request is retried once when a kept-alive connection was dropped.
	 * @throws TareError NETWORK (host and cause named, hint given) | OFFLINE | CANCELLED
	 */
	request(request: HttpRequest): Promise<HttpResponse>;
	close(): void;
}
