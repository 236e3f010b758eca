export default function Home() {
	return <h1>A page rendered by React Router</h1>;
}
