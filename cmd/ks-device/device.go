package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
)

// place is where a device's data are and who uses it.
type place struct {
	dir, server, pin, roots, user string
	// password is what signIn has read.
	password string
}

// deviceCommands are everything the SDK can do.
func deviceCommands() []*cobra.Command {
	p := &place{}
	list := []*cobra.Command{
		p.signInCommand(),
		p.command("status", "How many families and changes, what is pending, last sync", cobra.NoArgs, p.status),
		p.command("villages", "Villages and RT of the account", cobra.NoArgs, p.villages),
		p.command("families [WORD]...", "List families, by name, No. KK or house number", cobra.ArbitraryArgs, p.families),
		p.command("show FAMILY", "A family as JSON", cobra.ExactArgs(1), p.show),
		p.command("add VILLAGE RW/RT FILE", "Save a new family from JSON (a Household; - for standard input)", cobra.ExactArgs(3), p.add),
		p.command("edit FAMILY FILE", "Save what a JSON Household says of a family", cobra.ExactArgs(2), p.edit),
		p.command("questions FAMILY ROUND", "The questions that apply now", cobra.ExactArgs(2), p.questions),
		p.command("visit FAMILY FILE", "Record a visit from JSON", cobra.ExactArgs(2), p.visit),
		p.command("index FAMILY", "The family's index with reasons", cobra.ExactArgs(1), p.index),
		p.command("conflicts FAMILY", "Registers that hold several values", cobra.ExactArgs(1), p.conflicts),
		p.command("submit FAMILY...", "Submit families for review as one batch", cobra.MinimumNArgs(1), p.submit),
		p.command("outbox", "Own changes and where each stands", cobra.NoArgs, p.outbox),
		p.command("sync", "Send and fetch, and prove that both hold the same", cobra.NoArgs, p.sync),
	}
	return append(list, p.depositCommand(), p.backupCommand(), p.carryCommand(), p.activateCommand(), p.changePasswordCommand(), p.recoverCommand(), p.reviewCommand())
}

type deviceRun func(ctx context.Context, u *clientsdk.User, cmd *cobra.Command, args []string) error

// command wraps a run with signing in and locking again.
func (p *place) command(use, short string, args cobra.PositionalArgs, run deviceRun) *cobra.Command {
	c := &cobra.Command{
		Use: use, Short: short, Args: args,
		Long: short + `.

The password is read from the environment (KS_PASSWORD) or from standard input.
Texts are Indonesian, as a surveyor sees them.`,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			client, user, err := p.open(cmd)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, user.Close(), client.Close()) }()
			if loss := user.Loss(); loss != nil {
				lost := "sejumlah perubahan yang tidak diketahui"
				if loss.LostChanges >= 0 {
					lost = fmt.Sprintf("%d perubahan", loss.LostChanges)
				}
				fmt.Fprintf(cmd.ErrOrStderr(), "PERINGATAN: basis data perangkat rusak; %s hilang, %d rekaman diambil ulang dari server. %s\n",
					lost, loss.DamagedRecords, loss.SetAside)
			}
			return run(cmd.Context(), user, cmd, args)
		},
	}
	c.Flags().StringVar(&p.dir, "dir", environment("KS_DEVICE_DIR", "ks-device"), "`folder` of the device's data")
	c.Flags().StringVar(&p.server, "server", environment("KS_SERVER", "127.0.0.1:8443"), "`address` of the server")
	c.Flags().StringVar(&p.pin, "pin", os.Getenv("KS_PIN"), "SHA-256 `pin` of the server's public key, hexadecimal")
	c.Flags().StringVar(&p.roots, "roots", os.Getenv("KS_ROOTS"), "PEM `file` of certificates that vouch for the server")
	c.Flags().StringVar(&p.user, "user", os.Getenv("KS_USER"), "`name` of the user")
	return c
}

func environment(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

// checkDir tells whether the folder can be what it is said to be.
func (p *place) checkDir() error {
	if info, err := os.Stat(p.dir); err == nil && !info.IsDir() {
		return misused("--dir (or KS_DEVICE_DIR): %s, where the device's data are to be, is a file, such as this program itself: name another folder", p.dir)
	}
	return nil
}

// checkServer tells whether the server can be what it is said to be.
func (p *place) checkServer() error {
	if clientsdk.CheckServer(p.server) != nil {
		return misused("--server (or KS_SERVER) %q: write host:port such as sync.example.go.id:8443, without https://", p.server)
	}
	return nil
}

// client opens the SDK.
func (p *place) client() (*clientsdk.Client, error) {
	if p.user == "" {
		return nil, misused("--user (or KS_USER) is needed")
	}
	if err := errors.Join(p.checkDir(), p.checkServer()); err != nil {
		return nil, err
	}
	config := clientsdk.Config{Dir: p.dir, Server: p.server, DeviceName: "ks-device"}
	if p.pin != "" {
		pin, err := clientsdk.ParsePin(p.pin)
		if err != nil {
			return nil, misused("--pin: %v", err)
		}
		config.Pin = &pin
	}
	if p.roots != "" {
		pem, err := os.ReadFile(p.roots)
		if err != nil {
			return nil, err
		}
		config.Roots = pem
	}
	return clientsdk.Open(config)
}

// withClient runs a command that nobody signs in for, with the SDK open.
func (p *place) withClient(run func(cmd *cobra.Command, client *clientsdk.Client, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) (err error) {
		client, err := p.client()
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, client.Close()) }()
		return run(cmd, client, args)
	}
}

// open signs in.
func (p *place) open(cmd *cobra.Command) (*clientsdk.Client, *clientsdk.User, error) {
	client, err := p.client()
	if err != nil {
		return nil, nil, err
	}
	user, err := p.signIn(cmd, client)
	if err != nil {
		return nil, nil, errors.Join(err, client.Close())
	}
	return client, user, nil
}

func (p *place) signIn(cmd *cobra.Command, client *clientsdk.Client) (*clientsdk.User, error) {
	p.password = os.Getenv("KS_PASSWORD")
	if p.password == "" {
		in := bufio.NewReader(cmd.InOrStdin())
		cmd.SetIn(in) // what it has read beyond the line is for the command, as of FILE "-"
		line, err := in.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		p.password = strings.TrimRight(line, "\r\n")
	}
	if p.password == "" {
		return nil, misused("a password is needed: set KS_PASSWORD, or give it on standard input")
	}
	return client.SignIn(cmd.Context(), p.user, p.password)
}
