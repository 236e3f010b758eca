export const dynamic = 'force-dynamic';

export default function Page() {
	return <h1>A page rendered by Next.js on {process.platform}</h1>;
}
