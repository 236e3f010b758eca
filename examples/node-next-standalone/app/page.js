export const dynamic = 'force-dynamic';

export default function Page() {
	return <h1>A page of the standalone server</h1>;
}
