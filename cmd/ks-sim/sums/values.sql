-- What families answered, in the clear, on each basis (0 provisional, 1 verified).
-- Answers: 1 Ya, 2 Tidak, null none.
-- left: null it lives here; a date it died out or moved then; '' it never counts.
CREATE TABLE household (basis, family, village, place, left_on, PRIMARY KEY (basis, family)) WITHOUT ROWID;
-- opened counts a family's rounds in the order in which they were opened.
CREATE TABLE round (
    basis, family, opened, survey_date, water, protected_water, toilet, sanitary_toilet, disorder, disorder_medicine, restrained,
    PRIMARY KEY (basis, family, opened)) WITHOUT ROWID;
-- position counts the members; spouse and mother are positions: null no link, -1
-- somebody who takes no part.
CREATE TABLE person (
    basis, family, opened, position, inti, sex, birth_date, marital, spouse, mother, pregnant, jkn, smokes, uses_toilet, uses_water,
    tb, tb_medicine, tb_symptoms, hypertension, hypertension_medicine, systolic, diastolic, kb, kb_reason, birth, breastfed,
    immunised, monitored,
    PRIMARY KEY (basis, family, opened, position)) WITHOUT ROWID;

-- Completed months at the survey date; the day of birth counts as completed.
CREATE VIEW aged AS
SELECT p.*, 12 * (substr(survey_date, 1, 4) - substr(birth_date, 1, 4)) + substr(survey_date, 6, 2) - substr(birth_date, 6, 2)
    - (substr(survey_date, 9, 2) < substr(birth_date, 9, 2)) AS months
FROM person p JOIN round r USING (basis, family, opened);

-- membership 0 is besar, all; 1 is inti, as if nobody else existed.
CREATE TABLE member AS
SELECT m.column1 AS membership, a.* FROM aged a JOIN (VALUES (0), (1)) m WHERE m.column1 = 0 OR a.inti;
CREATE INDEX member_by_round ON member (basis, family, opened, membership);

-- Eligible wives, and who may answer for their husbands.
CREATE TABLE wife AS
SELECT w.*,
    (SELECT count(*) FROM member o WHERE o.basis = w.basis AND o.family = w.family AND o.opened = w.opened AND o.membership = w.membership
        AND o.sex = 2 AND o.marital = 1 AND o.months BETWEEN 120 AND 659 AND o.pregnant IS NOT 1) AS wives,
    EXISTS (SELECT 1 FROM person h WHERE h.basis = w.basis AND h.family = w.family AND h.opened = w.opened AND h.sex = 1
        AND h.spouse = w.position) AS linked_to
FROM member w WHERE w.sex = 2 AND w.marital = 1 AND w.months BETWEEN 120 AND 659 AND w.pregnant IS NOT 1;

CREATE TABLE couple AS
SELECT w.*, (SELECT min(h.kb) FROM member h
    WHERE h.basis = w.basis AND h.family = w.family AND h.opened = w.opened AND h.membership = w.membership
        AND h.sex = 1 AND h.marital = 1 AND h.months >= 120
        AND CASE WHEN w.spouse IS NOT NULL THEN h.position = w.spouse WHEN w.linked_to THEN h.spouse = w.position ELSE w.wives = 1 END) AS his
FROM wife w;

-- One row for each value that an indicator is combined of.
CREATE TABLE part (basis, family, opened, membership, indicator, value);
INSERT INTO part
SELECT basis, family, opened, membership, 1, CASE WHEN kb = 1 OR his = 1 THEN 'Y' WHEN kb_reason IN (1, 3) THEN 'N'
    WHEN coalesce(kb, his) = 2 THEN 'T' ELSE '?' END FROM couple
UNION ALL -- births: mothers of infants
SELECT i.basis, i.family, i.opened, i.membership, 2, CASE m.birth WHEN 1 THEN 'Y' WHEN 2 THEN 'T' ELSE '?' END
FROM member i JOIN member m USING (basis, family, opened, membership) WHERE i.months BETWEEN 0 AND 11 AND m.position = i.mother
UNION ALL -- infants without a link: answers of women linked to no infant; without any, ? where somebody may be the mother
SELECT i.basis, i.family, i.opened, i.membership, 2, coalesce(
    (SELECT CASE max(m.birth) WHEN 2 THEN 'T' WHEN 1 THEN 'Y' END FROM member m
        WHERE m.basis = i.basis AND m.family = i.family AND m.opened = i.opened AND m.membership = i.membership AND m.sex = 2
            AND NOT EXISTS (SELECT 1 FROM member c WHERE c.basis = i.basis AND c.family = i.family AND c.opened = i.opened
                AND c.membership = i.membership AND c.mother = m.position AND c.months BETWEEN 0 AND 11)),
    (SELECT '?' FROM member m WHERE m.basis = i.basis AND m.family = i.family AND m.opened = i.opened AND m.membership = i.membership
        AND m.sex = 2 AND m.months BETWEEN 120 AND 659 AND m.marital IN (1, 3, 4)), 'N')
FROM member i WHERE i.months BETWEEN 0 AND 11 AND i.mother IS NULL
UNION ALL
SELECT basis, family, opened, membership, 3, CASE immunised WHEN 1 THEN 'Y' WHEN 2 THEN 'T' ELSE '?' END FROM member WHERE months BETWEEN 12 AND 23
UNION ALL
SELECT basis, family, opened, membership, 4, CASE breastfed WHEN 1 THEN 'Y' WHEN 2 THEN 'T' ELSE '?' END FROM member WHERE months BETWEEN 7 AND 23
UNION ALL
SELECT basis, family, opened, membership, 5, CASE monitored WHEN 1 THEN 'Y' WHEN 2 THEN 'T' ELSE '?' END FROM member WHERE months BETWEEN 2 AND 59
UNION ALL
SELECT basis, family, opened, membership, 6, CASE tb WHEN 1 THEN CASE tb_medicine WHEN 1 THEN 'Y' WHEN 2 THEN 'T' ELSE '?' END
    WHEN 2 THEN CASE tb_symptoms WHEN 1 THEN 'T' WHEN 2 THEN 'N' ELSE '?' END ELSE '?' END FROM member WHERE months >= 180
UNION ALL
SELECT basis, family, opened, membership, 7, CASE hypertension
    WHEN 1 THEN CASE hypertension_medicine WHEN 1 THEN 'Y' WHEN 2 THEN 'T' ELSE '?' END
    WHEN 2 THEN CASE WHEN systolic >= 140 OR diastolic >= 90 THEN 'T' ELSE 'N' END ELSE '?' END FROM member WHERE months >= 180
UNION ALL
SELECT basis, family, opened, membership, 9, CASE smokes WHEN 1 THEN 'T' WHEN 2 THEN 'Y' ELSE '?' END FROM member
UNION ALL
SELECT basis, family, opened, membership, 10, CASE jkn WHEN 1 THEN 'Y' WHEN 2 THEN 'T' ELSE '?' END FROM member
UNION ALL -- adults' part in 11 and 12 counts where the house has it
SELECT basis, family, opened, membership, 11, CASE uses_water WHEN 1 THEN 'Y' WHEN 2 THEN 'T' ELSE '?' END
FROM member JOIN round USING (basis, family, opened) WHERE months >= 180 AND water = 1 AND protected_water = 1
UNION ALL
SELECT basis, family, opened, membership, 12, CASE uses_toilet WHEN 1 THEN 'Y' WHEN 2 THEN 'T' ELSE '?' END
FROM member JOIN round USING (basis, family, opened) WHERE months >= 180 AND toilet = 1 AND sanitary_toilet = 1;

-- Rounds with somebody in them, and the household's own part.
CREATE TABLE filled AS SELECT DISTINCT basis, family, opened, membership FROM member;
INSERT INTO part
SELECT basis, family, opened, membership, 8, CASE WHEN disorder IS NULL THEN '?' WHEN restrained = 1 THEN 'T'
    WHEN disorder = 1 THEN CASE disorder_medicine WHEN 1 THEN 'Y' WHEN 2 THEN 'T' ELSE '?' END
    WHEN restrained = 2 THEN 'N' ELSE '?' END FROM filled JOIN round USING (basis, family, opened)
UNION ALL
SELECT basis, family, opened, membership, 11, CASE WHEN water = 2 THEN 'T' WHEN water IS NULL THEN '?' WHEN protected_water = 2 THEN 'T'
    WHEN protected_water IS NULL THEN '?' ELSE 'Y' END FROM filled JOIN round USING (basis, family, opened)
UNION ALL
SELECT basis, family, opened, membership, 12, CASE WHEN toilet = 2 THEN 'T' WHEN toilet IS NULL THEN '?' WHEN sanitary_toilet = 2 THEN 'T'
    WHEN sanitary_toilet IS NULL THEN '?' ELSE 'Y' END FROM filled JOIN round USING (basis, family, opened);

-- Combined: any ? is ?, else any T is T, else any Y is Y, else N.
CREATE TABLE value (basis, family, opened, membership, indicator, value, PRIMARY KEY (basis, family, opened, membership, indicator)) WITHOUT ROWID;
INSERT INTO value
SELECT basis, family, opened, membership, indicator, substr('NYT?', max(instr('NYT?', value)), 1)
FROM part GROUP BY basis, family, opened, membership, indicator;

-- The category of every round: 3 sehat, 2 pra-sehat, 1 tidak sehat; 4 belum lengkap, 5 tidak terdefinisi.
CREATE TABLE judged AS
SELECT basis, family, opened, membership, survey_date, CASE WHEN unknown > 0 THEN 4 WHEN y + t = 0 THEN 5
    WHEN 5 * y > 4 * (y + t) THEN 3 WHEN 2 * y < y + t THEN 1 ELSE 2 END AS category
FROM (SELECT r.basis, r.family, r.opened, m.column1 AS membership, r.survey_date,
        count(CASE v.value WHEN 'Y' THEN 1 END) AS y, count(CASE v.value WHEN 'T' THEN 1 END) AS t, count(CASE v.value WHEN '?' THEN 1 END) AS unknown
    FROM round r JOIN (VALUES (0), (1)) m
    LEFT JOIN value v ON v.basis = r.basis AND v.family = r.family AND v.opened = r.opened AND v.membership = m.column1
    GROUP BY r.basis, r.family, r.opened, m.column1);

-- Year 0 is whatever year; who has left counts in the years before that alone.
CREATE TABLE dated AS
SELECT 0 AS year, j.*, h.village, h.place FROM judged j JOIN household h USING (basis, family) WHERE left_on IS NULL
UNION ALL
SELECT CAST(substr(survey_date, 1, 4) AS INTEGER), j.*, h.village, h.place FROM judged j JOIN household h USING (basis, family)
WHERE left_on IS NULL OR survey_date <= left_on;

-- Each family counts by its latest complete round, or by its latest, of the year.
CREATE TABLE counted AS
SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY year, basis, family, membership
    ORDER BY category > 3, survey_date DESC, opened DESC) AS nth FROM dated) WHERE nth = 1;

-- Of complete families: how many have an indicator as Y or T; the others have it as N.
CREATE TABLE applies AS
SELECT year, c.basis, c.membership, village, place, indicator, value, count(*) AS n FROM counted c
JOIN value v ON v.basis = c.basis AND v.family = c.family AND v.opened = c.opened AND v.membership = c.membership
WHERE c.category <= 3 AND value IN ('Y', 'T') GROUP BY 1, 2, 3, 4, 5, 6, 7;

-- Figures by RT: figure is 'surveyed', 'category N' or an indicator with its value.
CREATE TABLE figure AS
SELECT year, basis, membership, village, place, 'surveyed' AS figure, count(*) AS n FROM counted GROUP BY 1, 2, 3, 4, 5
UNION ALL
SELECT year, basis, membership, village, place, 'category ' || category, count(*) FROM counted GROUP BY 1, 2, 3, 4, 5, 6
UNION ALL
SELECT year, basis, membership, village, place, indicator || value, n FROM applies
UNION ALL
SELECT year, basis, membership, village, place, indicator || 'N', -n FROM applies
UNION ALL
SELECT year, basis, membership, village, place, i.column1 || 'N', n
FROM (SELECT year, basis, membership, village, place, count(*) AS n FROM counted WHERE category <= 3 GROUP BY 1, 2, 3, 4, 5)
JOIN (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12)) i;
