package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/account"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/store"
)

// roleNames are the roles as operators write them.
var roleNames = map[string]ksv1.Role{
	"national": ksv1.Role_ROLE_NATIONAL, "province": ksv1.Role_ROLE_PROVINCE, "district": ksv1.Role_ROLE_DISTRICT,
	"administrator": ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR, "head": ksv1.Role_ROLE_PUSKESMAS_HEAD,
	"supervisor": ksv1.Role_ROLE_SUPERVISOR, "surveyor": ksv1.Role_ROLE_SURVEYOR,
}

func accountCommand(o *options) *cobra.Command {
	c := &cobra.Command{
		Use: "account", Short: "Accounts", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return misused("account: say what: add or assign") },
	}
	c.AddCommand(accountAddCommand(o), accountAssignCommand(o))
	return c
}

func accountAddCommand(o *options) *cobra.Command {
	var a server.NewAccount
	var roles []string
	c := &cobra.Command{
		Use:   "add NAME --role ROLE --puskesmas CODE|--area CODE [--assign AREA]...",
		Short: "Add an account; its password is read from standard input",
		Example: `  echo "$PASSWORD" | ks-server account add siti.aminah --role surveyor --puskesmas P3204050101 \
      --assign 32.04.05.2001/003/007 --full-name "Siti Aminah"`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			a.UserName = args[0]
			for _, r := range roles {
				role, ok := roleNames[r]
				if !ok {
					return misused("--role %q: choose national, province, district, administrator, head, supervisor or surveyor", r)
				}
				if slices.Contains(a.Roles, role) {
					return misused("--role %q is given twice", r)
				}
				a.Roles = append(a.Roles, role)
			}
			return runAccountAdd(cmd.Context(), o, a, roles, cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
	c.Flags().StringSliceVar(&roles, "role", nil, "`role`; several are possible")
	c.Flags().StringVar(&a.FullName, "full-name", "", "full `name`")
	c.Flags().StringVar(&a.Puskesmas, "puskesmas", "", "`code` of the Puskesmas")
	c.Flags().StringVar(&a.Area, "area", "", "`code` of the province or district of an office")
	c.Flags().StringSliceVar(&a.Assigned, "assign", nil, "`area` assigned to a surveyor: village, RW or RT")
	return c
}

func runAccountAdd(ctx context.Context, o *options, a server.NewAccount, roles []string, in io.Reader, out io.Writer) (err error) {
	if len(a.Roles) == 0 {
		return misused("--role is needed")
	}
	if err := checkUserName(a.UserName); err != nil {
		return err
	}
	if a.Password, err = readLine(in); err != nil {
		return err
	}
	if code, err := area.Parse(a.Area); err == nil {
		a.Area = code.Dotted()
	}
	s, ring, done, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	e := &ksv1.AuditEntry{Kind: ksv1.AuditKind_AUDIT_KIND_ADMINISTER, Method: "ks-server account add"}
	var number uint32
	err = o.recorded(ctx, s, ring, e, func() (err error) {
		if number, err = server.AddAccount(ctx, s, ring, rand.Reader, a); err == nil {
			e.Subjects = []string{audit.AccountSubject(number)}
		}
		return err
	})
	var unfit *account.InvalidError
	switch {
	case errors.As(err, &unfit) && unfit.Field == assignedAreas:
		return errUnassignable(unfit)
	case errors.As(err, &unfit) && unfit.Field == fullName:
		return misused("--full-name: one line of at most 200 bytes: %s", unfit.Problem)
	case errors.As(err, &unfit):
		return misused("--role %s: national has neither --area nor --puskesmas, province and district have the --area of their level alone, a Puskesmas' roles have --puskesmas alone",
			strings.Join(roles, ","))
	case errors.Is(err, store.ErrNotFound):
		return fmt.Errorf("no area or Puskesmas %q: import it first (ks-server import --help)", a.Area+a.Puskesmas)
	case err != nil:
		return err
	}
	fmt.Fprintf(out, "account %d: %s\n", number, a.UserName)
	return nil
}

// Fields of an InvalidError.
const (
	assignedAreas = "assigned_areas"
	fullName      = "full_name"
)

func errUnassignable(unfit *account.InvalidError) error {
	return misused("areas are assigned to surveyors alone: villages, RW or RT such as 32.04.05.2001/003/007, each once and of the surveyor's Puskesmas: %s", unfit.Problem)
}

func accountAssignCommand(o *options) *cobra.Command {
	var number uint32
	var user string
	var none bool
	c := &cobra.Command{
		Use:   "assign --account NUMBER|--user NAME AREA...|--none",
		Short: "Replace a surveyor's areas; devices learn of it at their next sync",
		RunE: func(cmd *cobra.Command, areas []string) error {
			if (number == 0) == (user == "") {
				return misused("--account or --user is needed")
			}
			if none == (len(areas) > 0) {
				return misused("write the surveyor's areas, or --none to take away all")
			}
			return runAssign(cmd.Context(), o, number, user, areas)
		},
	}
	c.Flags().Uint32Var(&number, "account", 0, "`number` of the account")
	c.Flags().StringVar(&user, "user", "", "user `name` of the account")
	c.Flags().BoolVar(&none, "none", false, "take away all areas")
	return c
}

// runAssign assigns to the account of a number, 0 of a user name.
func runAssign(ctx context.Context, o *options, number uint32, user string, areas []string) (err error) {
	s, ring, done, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	if number == 0 {
		if number, err = numberOfUser(ctx, s, user); err != nil {
			return err
		}
	}
	e := &ksv1.AuditEntry{Kind: ksv1.AuditKind_AUDIT_KIND_ADMINISTER, Method: "ks-server account assign", Subjects: []string{audit.AccountSubject(number)}}
	err = o.recorded(ctx, s, ring, e, func() error { return server.Assign(ctx, s, number, areas) })
	if unfit := (*account.InvalidError)(nil); errors.As(err, &unfit) {
		return errUnassignable(unfit)
	}
	return err
}

// userNames are those that no device takes for another's: they name its files.
var userNames = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

func checkUserName(name string) error {
	if !userNames.MatchString(auth.NormalUserName(name)) {
		return misused("user name %q: 1 to 64 letters a to z, digits, and, behind the first, . _ and -", name)
	}
	return nil
}

func numberOfUser(ctx context.Context, s store.Store, user string) (number uint32, err error) {
	err = s.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		a, err := snap.FindAccountByName(ctx, auth.NormalUserName(user))
		number = a.Number
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return 0, fmt.Errorf("no account %q", user)
	}
	return number, err
}
