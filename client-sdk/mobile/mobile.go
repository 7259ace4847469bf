// Package mobile is the SDK for Android and iOS: names and types that gomobile
// can bind. A WebView on the address that StartApp gives is a whole app:
//
//	url, err := mobile.StartApp(filesDir)   // once, when the process starts
//	webView.loadUrl(url)
//
// An app with screens of its own uses Start, and Call for everything that
// FormService and AppService offer, with their messages as protobuf bytes:
//
//	app, err := mobile.Start(filesDir)
//	reply, err := app.Call("keluargasehat.v1.FormService/GetForm", request)
//	defer app.Stop()
//
// It is safe for concurrent use. Calls return when they are done: make them off
// the main thread.
package mobile

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"

	"github.com/keluarga-sehat/sync/client-sdk/app"
)

// App is a running field app. Stop ends it.
type App struct {
	app      *app.App
	url      string
	cancel   context.CancelFunc
	services map[string]method
	ended    chan struct{} // closed once it serves no more
	served   error         // how that ended, once it has
}

// Start starts the app with its data in a folder of the device that no other
// program reads, and serves its page on loopback.
func Start(dir string) (*App, error) {
	a, err := app.New(app.Config{Dir: dir})
	if err != nil {
		return nil, err
	}
	started, err := serve(a)
	if err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return started, nil
}

func serve(a *app.App) (*App, error) {
	pages, err := app.Pages()
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen on loopback: %w", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	out := &App{app: a, url: a.URL(listener.Addr()), cancel: cancel, services: methods(a), ended: make(chan struct{})}
	go func() {
		defer close(out.ended)
		out.served = a.Serve(ctx, listener, pages)
	}()
	return out, nil
}

// serves tells whether the page can be reached still.
func (a *App) serves() bool {
	select {
	case <-a.ended:
		return false
	default:
		return true
	}
}

// URL is the page's address, with this launch's key.
func (a *App) URL() string { return a.url }

// Stop ends a sync under way, locks the user's data and stops serving. It may be
// called once.
func (a *App) Stop() error {
	a.cancel()
	<-a.ended
	return errors.Join(a.served, a.app.Close())
}

// running is the process's app. An app of a phone is one process with one app;
// whoever starts it anew, as after a change of the screen's direction, must get
// the same one.
var running struct {
	sync.Mutex
	app *App
	dir string
}

// StartApp starts the process's one app and gives the page's address on loopback;
// called again for the same folder it gives the same address, or another where the
// system has taken that one from an app that slept. The app ends with the process.
func StartApp(dir string) (string, error) {
	running.Lock()
	defer running.Unlock()
	var a *App
	var err error
	switch {
	case running.app == nil:
		a, err = Start(dir)
	case running.dir != dir:
		return "", fmt.Errorf("the app runs with its data in %s", running.dir)
	case running.app.serves():
		return running.app.URL(), nil
	default: // what goes on in it, as a sync, goes on
		running.app.cancel()
		a, err = serve(running.app.app)
	}
	if err != nil {
		return "", err
	}
	running.app, running.dir = a, dir
	return a.URL(), nil
}
