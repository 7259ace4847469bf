package registration

import (
	"testing"

	"github.com/keluarga-sehat/sync/internal/pgtest"
	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/server/auth"
)

var cluster *pgtest.Cluster

func TestMain(m *testing.M) {
	auth.DefaultPasswordCost = record.PasswordCost{MemoryKiB: 64, Passes: 1, Lanes: 1} // what hashes cost in earnest, server/auth tries
	pgtest.Main(m, &cluster)
}

// Every step by every caller, each behind what row-level security lets its office
// reach.
func TestTheProcedureHoldsBehindRowLevelSecurity(t *testing.T) {
	for name, test := range map[string]func(t *testing.T){
		"findings":          TestFindingsNameNomineeAndField,
		"elsewhere":         TestANomineeElsewhereIsFoundAndToldToPusdatinAlone,
		"readers":           TestAReaderSeesNoMoreOfAPersonThanTheTaskNeeds,
		"finders":           TestNobodyFindsByWhatTheyAreNotShown,
		"paper":             TestAPaperFormGoesInWholeOrNotAtAll,
		"each by itself":    TestEachPuskesmasIsAcceptedOrReturnedByItself,
		"one account":       TestExactlyOneAccountForEachOfficeAndAdministrator,
		"office":            TestAnOfficesAccountIsForWhomPusdatinHasLookedAt,
		"guides":            TestAGuideIsThereUntilItIsHandedOverAndNoLonger,
		"activation":        TestActivationFollowsWithoutASkippedState,
		"staff":             TestTheAdministratorMakesTheAccountsOfTheAcceptedInOneGo,
		"decided":           TestWhatWasDecidedOnStaysWhenTheRequestIsChangedLater,
		"replacement":       TestAReplacementWorksFromAdmissionAndLooksUpFromAcceptance,
		"proposal":          TestAProposalTellsNothingOfPersonsElsewhere,
		"refused form":      TestARefusedFormLeavesThePlaceToAnother,
		"given once":        TestARefusedFormsPlaceIsGivenOnce,
		"new administrator": TestAnAdministratorIsReplacedByTheDistrict,
		"forgotten":         TestThePersonsOfWhatWasRefusedAreForgottenInTime,
		"look-ups":          TestLookUpsFollowTheFormAlone,
		"another role":      TestWhoWasReplacedLooksUpNoMoreInAnotherRole,
		"every account":     TestWhoWasReplacedLosesEveryAccount,
		"moved":             TestNomineesGoWithTheirPuskesmasToAnotherDistrict,
		"moved undecided":   TestAListThatWasNotDecidedOnIsNoDistrictsWhenItsPuskesmasGoes,
		"left":              TestWhoHasLeftAPuskesmasIsAcceptedElsewhere,
		"newer list":        TestWhoIsInNoNewerListIsAcceptedElsewhere,
		"newest":            TestOnlyTheNewestListGetsAccounts,
		"skipped":           TestOnePersonElsewhereKeepsNobodyElseFromAnAccount,
		"lapsed":            TestACardThatWasNeverUsedStandsInNobodysWay,
		"change places":     TestTwoOfOneRequestChangePlaces,
		"letter once":       TestALetterIsEnteredOnce,
		"two years":         TestWhoIsInTwoYearsListsIsReplacedInBoth,
	} {
		t.Run(name, test)
	}
}
