package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/registration"
)

// paperCommand writes an empty paper; it needs no account.
func (p *procedure) paperCommand(use, short, name string, kind func(output string) (ksv1.RegistrationFormKind, error)) *cobra.Command {
	var output string
	c := &cobra.Command{
		Use: use, Short: short, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			k, err := kind(output)
			if err != nil {
				return err
			}
			return p.open(cmd, func(ctx context.Context, s *registration.Service) error {
				file, err := s.Paper(ctx, k)
				if err != nil {
					return err
				}
				return writeNew(cmd, output, file.GetContent())
			})
		},
	}
	c.Flags().StringVarP(&output, "output", "o", name, "`file` to write")
	return c
}

func (p *procedure) formCommand() *cobra.Command {
	return p.paperCommand("form [-o FILE.xlsx|FILE.csv]", "Write the empty form (Form Registrasi Aplikasi KS)", "form-registrasi.xlsx",
		func(output string) (ksv1.RegistrationFormKind, error) {
			switch strings.ToLower(filepath.Ext(output)) {
			case ".xlsx":
				return ksv1.RegistrationFormKind_REGISTRATION_FORM_KIND_XLSX, nil
			case ".csv":
				return ksv1.RegistrationFormKind_REGISTRATION_FORM_KIND_CSV, nil
			}
			return 0, misused("-o %q: a name that ends with .xlsx or .csv", output)
		})
}

func (p *procedure) letterCommand() *cobra.Command {
	return p.paperCommand("letter [-o FILE.rtf]", "Write the template of the letter of request", "surat-permohonan.rtf",
		func(string) (ksv1.RegistrationFormKind, error) {
			return ksv1.RegistrationFormKind_REGISTRATION_FORM_KIND_LETTER, nil
		})
}

func (p *procedure) rulesCommand() *cobra.Command {
	set := &ksv1.RegistrationRules{}
	c := &cobra.Command{Use: "rules", Short: "Show or set how many nominees a Puskesmas needs, and Pusdatin's address", Args: cobra.NoArgs}
	numbers := map[string]*uint32{"administrators": &set.Administrators, "heads": &set.Heads, "supervisors": &set.Supervisors, "surveyors": &set.Surveyors}
	for name, to := range numbers {
		c.Flags().Uint32Var(to, name, 0, "`number` of "+name+" that a Puskesmas needs")
	}
	c.Flags().StringVar(&set.PostalAddress, "address", "", "Pusdatin's postal `address`")
	c.Flags().StringVar(&set.Email, "email", "", "Pusdatin's e-mail `address`")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		show := func(rules *ksv1.RegistrationRules) {
			fmt.Fprintln(cmd.OutOrStdout(), protojson.MarshalOptions{UseProtoNames: true}.Format(rules))
		}
		own := append(slices.Collect(maps.Keys(numbers)), "address", "email")
		if !slices.ContainsFunc(own, cmd.Flags().Changed) {
			return p.open(cmd, func(ctx context.Context, s *registration.Service) error {
				rules, err := s.Rules(ctx)
				if err == nil {
					show(rules)
				}
				return err
			})
		}
		return p.run(cmd, nil, func(ctx context.Context, s *registration.Service, caller *access.Caller) error {
			rules, err := s.Rules(ctx)
			if err != nil {
				return err
			}
			now := map[string]*uint32{"administrators": &rules.Administrators, "heads": &rules.Heads, "supervisors": &rules.Supervisors, "surveyors": &rules.Surveyors}
			for name, from := range numbers {
				if cmd.Flags().Changed(name) {
					*now[name] = *from
				}
			}
			if cmd.Flags().Changed("address") {
				rules.PostalAddress = set.GetPostalAddress()
			}
			if cmd.Flags().Changed("email") {
				rules.Email = set.GetEmail()
			}
			if err := s.SetRules(ctx, caller, rules); err != nil {
				return err
			}
			show(rules)
			return nil
		})
	}
	return c
}

// readBounded reads a file that may have at most so many bytes.
func readBounded(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("%s has more than %d bytes", path, limit)
	}
	return data, err
}

func (p *procedure) drawUpCommand() *cobra.Command {
	var form string
	var number uint32
	c := &cobra.Command{
		Use:   "draw-up --form FILE [--registration NUMBER]",
		Short: "District: draw up the list from a filled form, or correct what was returned",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			data, err := readBounded(form, registration.MaxFormBytes)
			if err != nil {
				return err
			}
			return p.run(cmd, subjectOf(number), func(ctx context.Context, s *registration.Service, caller *access.Caller) error {
				w, err := s.DrawUpFromForm(ctx, caller, number, data)
				if err != nil {
					return err
				}
				say(cmd.OutOrStdout(), w)
				return nil
			})
		},
	}
	c.Flags().StringVar(&form, "form", "", "`file` with the filled form, XLSX or CSV")
	c.Flags().Uint32Var(&number, "registration", 0, "`number` of a registration to change; 0: a new one")
	return c
}

func subjectOf(number uint32) []string {
	if number == 0 {
		return nil
	}
	return []string{audit.RegistrationSubject(number)}
}

func (p *procedure) attachCommand() *cobra.Command {
	letter := &ksv1.RegistrationLetter{}
	var pdf string
	c := &cobra.Command{
		Use: "attach NUMBER --letter FILE.pdf", Short: "District: attach the signed letter; what the form said of it stays unless it is given here", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			number, _, err := numberOf(args)
			if err != nil {
				return err
			}
			data, err := readBounded(pdf, registration.MaxLetterBytes)
			if err != nil {
				return err
			}
			return p.run(cmd, subjectOf(number), func(ctx context.Context, s *registration.Service, caller *access.Caller) error {
				d, err := s.Get(ctx, caller, number)
				if err != nil {
					return err
				}
				for _, x := range []struct{ to, from *string }{
					{&letter.Number, fieldOf(d.Letter, func(l *ksv1.RegistrationLetter) *string { return &l.Number })},
					{&letter.Date, fieldOf(d.Letter, func(l *ksv1.RegistrationLetter) *string { return &l.Date })},
					{&letter.Signatory, fieldOf(d.Letter, func(l *ksv1.RegistrationLetter) *string { return &l.Signatory })},
					{&letter.SignatoryPosition, fieldOf(d.Letter, func(l *ksv1.RegistrationLetter) *string { return &l.SignatoryPosition })},
				} {
					if *x.to == "" && x.from != nil {
						*x.to = *x.from
					}
				}
				kept, err := s.SetLetter(ctx, caller, number, letter, data)
				if err == nil {
					fmt.Fprintf(cmd.OutOrStdout(), "letter %s of %s, %d bytes, SHA-256 %s\n", kept.GetNumber(), kept.GetDate(), kept.GetPdfBytes(), kept.GetPdfSha256())
				}
				return err
			})
		},
	}
	c.Flags().StringVar(&pdf, "letter", "", "`file` with the signed letter, PDF")
	c.Flags().StringVar(&letter.Number, "letter-number", "", "its `number`")
	c.Flags().StringVar(&letter.Date, "date", "", "its `date`, 2026-03-01")
	c.Flags().StringVar(&letter.Signatory, "signatory", "", "`name` of who signed it")
	c.Flags().StringVar(&letter.SignatoryPosition, "signatory-position", "", "`position` of who signed it")
	return c
}

// fieldOf is a field of a letter; nil: there is no letter.
func fieldOf(l *ksv1.RegistrationLetter, field func(*ksv1.RegistrationLetter) *string) *string {
	if l == nil {
		return nil
	}
	return field(l)
}

// stepCommand is a command that takes a step with a registration and, where codes
// are given, with these Puskesmas alone.
func (p *procedure) stepCommand(use, short string, flags func(c *cobra.Command),
	step func(ctx context.Context, s *registration.Service, c *access.Caller, number uint32, codes []string) (*registration.Whole, error)) *cobra.Command {
	c := &cobra.Command{
		Use: use, Short: short, Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			number, codes, err := numberOf(args)
			if err != nil {
				return err
			}
			return p.run(cmd, subjectOf(number), func(ctx context.Context, s *registration.Service, caller *access.Caller) error {
				w, err := step(ctx, s, caller, number, codes)
				if err != nil {
					return err
				}
				say(cmd.OutOrStdout(), w)
				return nil
			})
		},
	}
	flags(c)
	return c
}

func (p *procedure) copyCommand() *cobra.Command {
	var via, note string
	return p.stepCommand("copy NUMBER --via post|email|online", "District: record the copy (tembusan) to the provincial office",
		func(c *cobra.Command) {
			c.Flags().StringVar(&via, "via", "", "`way` that it went")
			c.Flags().StringVar(&note, "note", "", "`text` for the timeline")
		},
		func(ctx context.Context, s *registration.Service, c *access.Caller, number uint32, _ []string) (*registration.Whole, error) {
			channel, err := channelOf(via)
			if err != nil {
				return nil, err
			}
			return s.RecordCopy(ctx, c, number, channel, note)
		})
}

func (p *procedure) submitCommand() *cobra.Command {
	var via, note string
	return p.stepCommand("submit NUMBER [PUSKESMAS]... [--via online]", "District: submit to Pusdatin",
		func(c *cobra.Command) {
			c.Flags().StringVar(&via, "via", "online", "`way` that the letter goes: online, post or email")
			c.Flags().StringVar(&note, "note", "", "`text` for the timeline")
		},
		func(ctx context.Context, s *registration.Service, c *access.Caller, number uint32, codes []string) (*registration.Whole, error) {
			channel, err := channelOf(via)
			if err != nil {
				return nil, err
			}
			return s.Submit(ctx, c, number, codes, channel, note)
		})
}

func (p *procedure) withdrawCommand() *cobra.Command {
	var reason string
	return p.stepCommand("withdraw NUMBER [PUSKESMAS]... --reason TEXT", "District: take back what was not accepted yet", reasonFlag(&reason),
		func(ctx context.Context, s *registration.Service, c *access.Caller, number uint32, codes []string) (*registration.Whole, error) {
			if reason == "" {
				return nil, misused("--reason is needed")
			}
			return s.Withdraw(ctx, c, number, codes, reason)
		})
}

func reasonFlag(to *string) func(*cobra.Command) {
	return func(c *cobra.Command) { c.Flags().StringVar(to, "reason", "", "`text` for whoever it goes back to") }
}

func noteFlag(to *string) func(*cobra.Command) {
	return func(c *cobra.Command) { c.Flags().StringVar(to, "note", "", "`text` for the timeline") }
}

func (p *procedure) receiveCommand() *cobra.Command {
	var form, letter, via string
	var r registration.Received
	c := &cobra.Command{
		Use:   "receive --form FILE --letter FILE.pdf --via post|email",
		Short: "Pusdatin: enter a form and a letter that came on paper or by e-mail",
		Long: `receive enters what a district without an account sent: its list, its letter, the
copy to the province and the submission. Mistakes are told by row and column, and
nothing is entered then; with --incomplete a form whose mistakes are in persons goes
in all the same, so that it can be returned with reasons. --registration enters a
corrected form in place of what was returned.

A letter that was entered before is not entered again: of the same form receive says
"already received as registration NUMBER" and succeeds, so that it may be run again;
with another list it fails.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if r.Channel, err = channelOf(via); err != nil {
				return err
			}
			if r.Form, err = readBounded(form, registration.MaxFormBytes); err != nil {
				return err
			}
			if r.LetterPDF, err = readBounded(letter, registration.MaxLetterBytes); err != nil {
				return err
			}
			return p.run(cmd, subjectOf(r.Registration), func(ctx context.Context, s *registration.Service, caller *access.Caller) error {
				w, err := s.Receive(ctx, caller, r)
				var before *registration.ReceivedError
				if errors.As(err, &before) && before.Same {
					fmt.Fprintln(cmd.OutOrStdout(), before)
					return nil
				}
				if err != nil {
					return err
				}
				say(cmd.OutOrStdout(), w)
				return nil
			})
		},
	}
	c.Flags().StringVar(&form, "form", "", "`file` with the filled form, XLSX or CSV")
	c.Flags().StringVar(&letter, "letter", "", "`file` with the signed letter, PDF")
	c.Flags().StringVar(&via, "via", "", "`way` that it came: post or email")
	c.Flags().Uint32Var(&r.Registration, "registration", 0, "`number` of the registration that the form corrects; 0: a new one")
	c.Flags().BoolVar(&r.Incomplete, "incomplete", false, "enter it although persons are incomplete")
	return c
}
