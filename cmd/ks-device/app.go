package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/client-sdk/app"
)

// appOptions are those of the field app.
type appOptions struct {
	place  *place
	listen string
	open   bool
}

// appCommand serves the field app's page on loopback.
func appCommand() *cobra.Command {
	o := &appOptions{place: &place{}}
	c := &cobra.Command{
		Use:   "app [--dir DIR] [--listen ADDRESS]",
		Short: "The field app: a page on this device alone, that works offline",
		Long: `app serves the field app's page on loopback and prints its address, which holds
this launch's key: who has it may use the app. It works without a network, but
for the first sign-in and for syncing. Interrupt it (Ctrl-C) to end.

Where the server is comes from an administrator's link, which the page asks for,
or from --server and --pin.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), cmd) },
	}
	c.Flags().StringVar(&o.place.dir, "dir", environment("KS_DEVICE_DIR", defaultAppDir()), "`folder` of the device's data")
	c.Flags().StringVar(&o.place.server, "server", os.Getenv("KS_SERVER"), "`address` of the server; empty: what the device was set up with")
	c.Flags().StringVar(&o.place.pin, "pin", os.Getenv("KS_PIN"), "SHA-256 `pin` of the server's public key, hexadecimal")
	c.Flags().StringVar(&o.listen, "listen", "127.0.0.1:0", "loopback `address` of the page; port 0: a free one")
	c.Flags().BoolVar(&o.open, "open", false, "open the page in the browser")
	return c
}

// defaultAppDir is where a user's programs keep data; "ks-device" here where
// the system does not say.
func defaultAppDir() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "ks-device"
	}
	return filepath.Join(dir, "keluarga-sehat")
}

func (o *appOptions) run(ctx context.Context, cmd *cobra.Command) (err error) {
	if err := o.place.checkDir(); err != nil {
		return err
	}
	config := app.Config{Dir: o.place.dir}
	if o.place.server != "" {
		if err := o.place.checkServer(); err != nil {
			return err
		}
		config.Setup = &app.Setup{Server: o.place.server, Pin: o.place.pin, DeviceName: "ks-device"}
	}
	listener, err := loopback(o.listen)
	if err != nil {
		return err
	}
	a, err := app.New(config)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	pages, err := app.Pages()
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	url := a.URL(listener.Addr())
	fmt.Fprintf(cmd.OutOrStdout(), "Keluarga Sehat: %s\n", url)
	if o.open {
		if err := browse(ctx, url); err != nil {
			fmt.Fprintln(cmd.ErrOrStderr(), "ks-device: open the address above in a browser:", err)
		}
	}
	if err := a.Serve(ctx, listener, pages); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// loopback listens on an address that only this machine reaches.
func loopback(address string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	if tcp, ok := listener.Addr().(*net.TCPAddr); !ok || !tcp.IP.IsLoopback() {
		return nil, errors.Join(misused("--listen %s: the page is for this device alone; give a loopback address", address), listener.Close())
	}
	return listener, nil
}

// browse opens the system's browser.
func browse(ctx context.Context, url string) error {
	switch runtime.GOOS {
	case "windows":
		return exec.CommandContext(ctx, "rundll32", "url.dll,FileProtocolHandler", url).Start()
	case "darwin":
		return exec.CommandContext(ctx, "open", url).Start()
	default:
		return exec.CommandContext(ctx, "xdg-open", url).Start()
	}
}
