package prokesga

// Number is a question's number as printed on the paper form: block, dot,
// number. Blok IV carries the column numbers of the form.
type Number string

// Numbers of the questions, by the name that their register has in the
// contract.
const (
	QPlace           Number = "I.6" // RT/RW
	QBuilding        Number = "I.7"
	QFamilyNumber    Number = "I.8"
	QAddress         Number = "I.9"
	QNKK             Number = "I.10"
	QHeadName        Number = "II.1"
	QCleanWater      Number = "II.3"
	QProtectedWater  Number = "II.4"
	QToilet          Number = "II.5"
	QSanitaryToilet  Number = "II.6"
	QMentalDisorder  Number = "II.7"
	QMentalMedicine  Number = "II.8"
	QRestrained      Number = "II.9"
	QSurveyor        Number = "III.1"
	QSupervisor      Number = "III.2"
	QSurveyDate      Number = "III.3"
	QMemberNumber    Number = "IV.1"
	QName            Number = "IV.2"
	QNIK             Number = "IV.2a" // same column as the name
	QRelation        Number = "IV.3"
	QBirthDate       Number = "IV.4"
	QStatedAge       Number = "IV.5"
	QSex             Number = "IV.6"
	QMarital         Number = "IV.7"
	QPregnant        Number = "IV.8"
	QReligion        Number = "IV.9"
	QEducation       Number = "IV.10"
	QWork            Number = "IV.11"
	QInsurance       Number = "V.1"
	QSmokes          Number = "V.2"
	QUsesToilet      Number = "V.3"
	QUsesCleanWater  Number = "V.4"
	QTuberculosis    Number = "V.5"
	QTBMedicine      Number = "V.6"
	QTBSymptoms      Number = "V.7"
	QHypertension    Number = "V.8"
	QHTMedicine      Number = "V.9"
	QBPMeasured      Number = "V.10a"
	QBPResult        Number = "V.10b"
	QContraception   Number = "V.11"
	QBirthInFacility Number = "V.12"
	QBreastfeeding   Number = "V.13"
	QImmunisation    Number = "V.14"
	QGrowth          Number = "V.15"
)
