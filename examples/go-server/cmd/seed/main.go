// Command seed stands for the helpers that lie beside a server.
package main

func main() {}
