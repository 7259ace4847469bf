package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/registration"
	"github.com/keluarga-sehat/sync/server/store"
)

// procedure is the group of commands of the registration procedure.
type procedure struct {
	o  *options
	as string
}

func registrationCommand(o *options) *cobra.Command {
	p := &procedure{o: o}
	c := &cobra.Command{
		Use: "registration", Short: "The registration procedure, from a district's list to accounts in its Puskesmas",
		Long: `registration carries out each step of the ministry's procedure for an account that
may do it (--as, or KS_AS), with the same rules as over REST:

  form, letter                 empty papers for the district (step 1 to 3)
  draw-up, attach              the district's list and letter, with an account
  copy, submit, withdraw       the province's copy first, then Pusdatin (step 4)
  receive                      the same from paper or e-mail, without an account
  list, show, findings, events what waits, and what is wrong with it (step 5)
  verify, accept, return, refuse, issue
  package, distributed         guides back to the district, and on (step 6 and 7)
  staff                        accounts of supervisor, surveyors and head
  nominees, replace, admit, accept-replacement, refuse-replacement, rules
  forget                       take out the persons of what was refused or withdrawn`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return misused("registration: say what; see 'ks-server registration --help'")
		},
	}
	c.PersistentFlags().StringVar(&p.as, "as", "", "user `name` of the account that acts")
	c.AddCommand(p.formCommand(), p.letterCommand(), p.rulesCommand(), p.drawUpCommand(), p.attachCommand(), p.copyCommand(), p.submitCommand(),
		p.withdrawCommand(), p.receiveCommand(), p.listCommand(), p.showCommand(), p.eventsCommand(), p.findingsCommand(), p.verifyCommand(),
		p.acceptCommand(), p.returnCommand(), p.refuseCommand(), p.issueCommand(), p.packageCommand(), p.distributedCommand(), p.staffCommand(),
		p.nomineesCommand(), p.replaceCommand(), p.admitCommand(), p.acceptReplacementCommand(), p.refuseReplacementCommand(), p.forgetCommand())
	return c
}

// deed is what a command does for a caller.
type deed func(ctx context.Context, s *registration.Service, c *access.Caller) error

// run opens store and keys, records the command, and does it.
func (p *procedure) run(cmd *cobra.Command, subjects []string, do deed) (err error) {
	ctx := cmd.Context()
	s, ring, done, err := p.o.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	caller, err := p.caller(cmd, s)
	if err != nil {
		return err
	}
	e := audit.By(caller, ksv1.AuditKind_AUDIT_KIND_REGISTRATION, "ks-server registration "+cmd.Name())
	e.Subjects = subjects
	return p.o.recorded(ctx, s, ring, e, func() error {
		service, err := p.service(s, ring)
		if err != nil {
			return err
		}
		return told(cmd.ErrOrStderr(), do(ctx, service, caller))
	})
}

// open is run for what shows nobody anything and needs no caller.
func (p *procedure) open(cmd *cobra.Command, do func(ctx context.Context, s *registration.Service) error) (err error) {
	s, ring, done, err := p.o.open(cmd.Context())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	service, err := p.service(s, ring)
	if err != nil {
		return err
	}
	return do(cmd.Context(), service)
}

// service is the procedure, which keeps in the ledger whose accounts it ends.
func (p *procedure) service(s store.Store, ring *record.Ring) (*registration.Service, error) {
	service, err := server.NewRegistrations(s, ring, time.Now, rand.Reader, slog.New(slog.DiscardHandler))
	if err == nil {
		service.Accounts.Ledger = p.o.ledger()
	}
	return service, err
}

// caller is the account that acts.
func (p *procedure) caller(cmd *cobra.Command, s store.Store) (*access.Caller, error) {
	name := p.as
	if !cmd.Flags().Changed("as") {
		name = os.Getenv("KS_AS")
	}
	if name == "" {
		return nil, misused("--as is needed: the user name of the account that acts")
	}
	c := &access.Caller{}
	err := s.Read(cmd.Context(), func(ctx context.Context, snap store.Snapshot) (err error) {
		c.Account, err = snap.FindAccountByName(ctx, name)
		return err
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, fmt.Errorf("no account %q", name)
	case err != nil:
		return nil, err
	case c.Account.Disabled:
		return nil, fmt.Errorf("account %q is disabled", name)
	case c.Account.Waiting():
		return nil, fmt.Errorf("account %q waits for its activation", name)
	}
	return c, nil
}

// told prints all that an error has to tell, line by line.
func told(out io.Writer, err error) error {
	var form *registration.FormError
	if errors.As(err, &form) {
		for _, p := range form.Problems {
			fmt.Fprintln(out, p)
		}
		return fmt.Errorf("%d mistakes in the form; nothing of it was entered", len(form.Problems))
	}
	var incomplete *registration.IncompleteError
	if errors.As(err, &incomplete) {
		printFindings(out, incomplete.Findings)
	}
	return err
}

// numberOf reads a registration's or nominee's number, with the codes after it.
func numberOf(args []string) (uint32, []string, error) {
	n, err := strconv.ParseUint(args[0], 10, 32)
	if err != nil || n == 0 {
		return 0, nil, misused("%q is no number", args[0])
	}
	return uint32(n), args[1:], nil
}

// channels are the ways as operators write them.
var channels = map[string]ksv1.RegistrationChannel{
	"online": ksv1.RegistrationChannel_REGISTRATION_CHANNEL_ONLINE, "post": ksv1.RegistrationChannel_REGISTRATION_CHANNEL_POST,
	"email": ksv1.RegistrationChannel_REGISTRATION_CHANNEL_EMAIL,
}

func channelOf(text string) (ksv1.RegistrationChannel, error) {
	c, ok := channels[text]
	if !ok {
		return 0, misused("--via %q: choose online, post or email", text)
	}
	return c, nil
}

// say prints where a registration stands after a step.
func say(out io.Writer, w *registration.Whole) {
	fmt.Fprintf(out, "registration %d: %s\n", w.Number, registration.StateName(w.State()))
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, x := range w.Puskesmas {
		fmt.Fprintf(t, "  %s\t%s\t%s\n", x.Puskesmas, x.Name, registration.StateName(ksv1.RegistrationState(x.State)))
	}
	t.Flush()
}

func printFindings(out io.Writer, list []registration.Finding) {
	for _, f := range list {
		where := f.Puskesmas
		if where == "" {
			where = "request"
		}
		if f.Position > 0 {
			where += fmt.Sprintf(" no. %d", f.Position)
		}
		if f.FullName != "" {
			where += " " + f.FullName
		}
		mark := "look at"
		if f.Blocking {
			mark = "missing"
		}
		other := ""
		if f.OtherRegistration != 0 {
			other = fmt.Sprintf(" (registration %d %s)", f.OtherRegistration, f.OtherPuskesmas)
		}
		fmt.Fprintf(out, "%s: %s, %s: %s%s\n", mark, where, f.Field, f.Message, other)
	}
}
