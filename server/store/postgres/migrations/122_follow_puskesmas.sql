-- +goose Up

-- Whom a Puskesmas has proposed, and who was decided on, goes with the Puskesmas when it goes
-- to another district: the registration keeps the district that drew it up. Pusdatin, which
-- reads all, needs neither list.

-- ks_come are the Puskesmas of the districts declared that stand in registrations of others.
CREATE FUNCTION ks_come() RETURNS TEXT[] LANGUAGE sql STABLE SET ks.lookup = 'on' AS
$$ SELECT coalesce(array_agg(DISTINCT p.puskesmas), '{}') FROM puskesmas k
    JOIN registration_puskesmas p ON p.puskesmas = k.code JOIN registration r ON r.number = p.registration
    WHERE ks_requests_from() > '0' AND k.district >= ks_requests_from() AND k.district < ks_requests_to()
    AND NOT (r.district >= ks_requests_from() AND r.district < ks_requests_to()) $$;

-- ks_gone are those that stand in registrations of the districts declared, and are of others.
CREATE FUNCTION ks_gone() RETURNS TEXT[] LANGUAGE sql STABLE SET ks.lookup = 'on' AS
$$ SELECT coalesce(array_agg(DISTINCT p.puskesmas), '{}') FROM registration r
    JOIN registration_puskesmas p ON p.registration = r.number JOIN puskesmas k ON k.code = p.puskesmas
    WHERE ks_requests_from() > '0' AND r.district >= ks_requests_from() AND r.district < ks_requests_to()
    AND NOT (k.district >= ks_requests_from() AND k.district < ks_requests_to()) $$;

-- Those in which the Puskesmas declared stands, or one that has come.
CREATE OR REPLACE FUNCTION ks_requests_of_own() RETURNS BIGINT[] LANGUAGE sql STABLE SET ks.lookup = 'on' AS
$$ SELECT array_agg(p.registration) FROM registration_puskesmas p WHERE p.puskesmas = ks_own_puskesmas() OR p.puskesmas = ANY ((SELECT ks_come())::TEXT[]) $$;

-- Who stands in a list that was not decided on (1) is reached by who drew it up still, so that
-- the list can be taken out.
DROP POLICY scope ON registration_nominee;
CREATE POLICY scope ON registration_nominee
    USING (CASE WHEN (SELECT ks_looking_up()) THEN true
        WHEN puskesmas = (SELECT ks_own_puskesmas()) THEN true
        WHEN registration = ANY ((SELECT ks_requests())::BIGINT[]) THEN standing = 1 OR NOT puskesmas = ANY ((SELECT ks_gone())::TEXT[])
        ELSE standing <> 1 AND puskesmas = ANY ((SELECT ks_come())::TEXT[]) END)
    WITH CHECK (CASE WHEN puskesmas = (SELECT ks_own_puskesmas()) THEN true
        WHEN registration = ANY ((SELECT ks_requests())::BIGINT[]) THEN standing = 1 OR NOT puskesmas = ANY ((SELECT ks_gone())::TEXT[])
        ELSE standing <> 1 AND puskesmas = ANY ((SELECT ks_come())::TEXT[]) END);
