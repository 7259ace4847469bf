package registration

import (
	"fmt"
	"os"
	"testing"

	"github.com/keluarga-sehat/sync/internal/pgtest"
)

var cluster *pgtest.Cluster

func TestMain(m *testing.M) {
	var err error
	if cluster, err = pgtest.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if err := cluster.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// Every step by every caller, each behind what row-level security lets its office
// reach.
func TestTheProcedureHoldsBehindRowLevelSecurity(t *testing.T) {
	for name, test := range map[string]func(t *testing.T){
		"findings":          TestFindingsNameNomineeAndField,
		"elsewhere":         TestANomineeElsewhereIsFoundAndToldToPusdatinAlone,
		"readers":           TestAReaderSeesNoMoreOfAPersonThanTheTaskNeeds,
		"paper":             TestAPaperFormGoesInWholeOrNotAtAll,
		"each by itself":    TestEachPuskesmasIsAcceptedOrReturnedByItself,
		"one account":       TestExactlyOneAccountForEachOfficeAndAdministrator,
		"guides":            TestAGuideIsThereUntilItIsHandedOverAndNoLonger,
		"activation":        TestActivationFollowsWithoutASkippedState,
		"staff":             TestTheAdministratorMakesTheAccountsOfTheAcceptedInOneGo,
		"decided":           TestWhatWasDecidedOnStaysWhenTheRequestIsChangedLater,
		"replacement":       TestAReplacementWorksFromAdmissionAndLooksUpFromAcceptance,
		"refused form":      TestARefusedFormLeavesThePlaceToAnother,
		"new administrator": TestAnAdministratorIsReplacedByTheDistrict,
		"forgotten":         TestThePersonsOfWhatWasRefusedAreForgottenInTime,
		"look-ups":          TestLookUpsFollowTheFormAlone,
	} {
		t.Run(name, test)
	}
}
