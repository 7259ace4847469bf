// Package prokesga is the questionnaire of the survey as data.
package prokesga
