// Command server answers with a page whose template it opens at start, and with files built into it.
package main

import (
	"context"
	"embed"
	"errors"
	"html/template"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/go-chi/chi/v5"
)

//go:embed about.txt
var built embed.FS

func main() {
	page := template.Must(template.ParseGlob("templates/*.html"))
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		log.Fatal(err)
	}
	router := chi.NewRouter()
	router.Get("/", func(w http.ResponseWriter, r *http.Request) {
		_ = page.ExecuteTemplate(w, "index.html", map[string]any{"Zone": zone, "User": os.Getuid()})
	})
	router.Handle("/about.txt", http.FileServer(http.FS(built)))
	server := &http.Server{Addr: ":" + os.Getenv("PORT"), Handler: router}
	ending, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	go func() {
		<-ending.Done()
		_ = server.Shutdown(context.Background())
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
}
