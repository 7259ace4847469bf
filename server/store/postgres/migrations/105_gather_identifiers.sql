-- +goose Up

-- Entries of the index lie scattered, so they are added in its order, whatever villages
-- they are of: each of its pages is then met once for many of them. Who does so says so by
-- ks.index. It only adds: numbers of families, by keyed hash.
CREATE POLICY gathered ON identifier FOR INSERT WITH CHECK ((SELECT current_setting('ks.index', true)) = 'on');
