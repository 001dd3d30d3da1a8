//! todoke (届け): the open, self-hosted backend behind a municipality's LINE official account.
