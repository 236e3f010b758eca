export function GET() {
	return Response.json({ from: 'a route handler' });
}
