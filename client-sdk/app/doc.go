// Package app is the field app: a page on loopback in front of the SDK, built on
// the SDK alone as any other app would be. The page asks FormService, which it
// shares with the server's pages, and AppService.
//
//	a, err := app.New(app.Config{Dir: dir})
//	defer a.Close()
//	listener, err := net.Listen("tcp", "127.0.0.1:0")
//	fmt.Println(a.URL(listener.Addr()))
//	err = a.Serve(ctx, listener)
//
// Who holds the address that URL gives, with the key of this launch in it, may
// use the app; any other process or page of the machine may not. All methods are
// safe for concurrent use.
package app
