//! The rule set: every form of a secret that is known by its own look, one after the other, each with where it is described.
//!
//! A form is found by an anchor, which one automaton looks for in a single pass, and then confirmed from the anchor on by a pattern
//! and by a check of what the issuer built in to be checked. Nobody is ever asked. To add a form, add it here; `tests.rs` fails for
//! one that its own example does not fit.

use super::checks::{
    account_of_access_key, always, github_checksum, is_age_key, is_mixed, is_pypi_macaroon, is_token_of_three,
};

/// What stands before the anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// Nothing that belongs to a word.
    Edge,
    /// Anything.
    Any,
    /// The form begins with so many digits before the anchor.
    Digits(usize, usize),
    /// The form begins with so many letters and digits before the anchor.
    Word(usize),
}

/// A form of a secret.
pub(super) struct Form {
    /// What it is, in words that a reader knows.
    pub(super) kind: &'static str,
    /// What each of them has in it, at a known place.
    pub(super) anchors: &'static [&'static str],
    /// What stands before the anchor.
    pub(super) left: Left,
    /// The form from the anchor on. Never longer than [`super::REACH`].
    pub(super) pattern: &'static str,
    /// A check that a pattern cannot make.
    pub(super) check: fn(&[u8]) -> bool,
    /// What of it may be said.
    pub(super) about: fn(&[u8]) -> String,
    /// Who describes it so.
    #[cfg_attr(not(test), expect(dead_code, reason = "for whoever mends the form, and for the tests"))]
    pub(super) source: &'static str,
}

fn nothing(_: &[u8]) -> String {
    String::new()
}

/// A form that its edge, its pattern and a check tell.
const fn form(
    kind: &'static str,
    anchors: &'static [&'static str],
    pattern: &'static str,
    check: fn(&[u8]) -> bool,
    source: &'static str,
) -> Form {
    Form { kind, anchors, left: Left::Edge, pattern, check, about: nothing, source }
}

/// Password hashes: whoever has one can guess at leisure.
pub(super) const HASH: &str = "password hash";

/// All forms.
pub(super) const FORMS: &[Form] = &[
    Form {
        about: account_of_access_key,
        ..form(
            "AWS access key",
            &["AKIA", "ASIA"],
            "(?:AKIA|ASIA)[A-Z2-7]{16}",
            is_mixed,
            "docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
        )
    },
    form(
        "GitHub token",
        &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"],
        "gh[pousr]_[0-9A-Za-z]{36}",
        github_checksum,
        "github.blog/2021-04-05-behind-githubs-new-authentication-token-formats: CRC-32 in base 62 at the end",
    ),
    form(
        "GitHub fine-grained token",
        &["github_pat_"],
        "github_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59}",
        is_mixed,
        "docs.github.com: about authentication to GitHub",
    ),
    form(
        "npm token",
        &["npm_"],
        "npm_[0-9A-Za-z]{36}",
        github_checksum,
        "github.blog/changelog/2021-09-23-npm-has-a-new-access-token-format: as GitHub's",
    ),
    form(
        "PyPI token",
        &["pypi-AgE"],
        "pypi-AgE[0-9A-Za-z_-]{50,600}",
        is_pypi_macaroon,
        "pypi.org/help/#apitoken: a macaroon of version 2",
    ),
    form(
        "GitLab token",
        &["glpat-", "gldt-", "glrt-", "glptt-", "glft-", "glsoat-"],
        r"gl(?:pat|dt|rt|ptt|ft|soat)-[0-9A-Za-z_-]{20,64}",
        is_mixed,
        "docs.gitlab.com/security/tokens: token prefixes",
    ),
    form(
        "Slack token",
        &["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-", "xoxe."],
        r"xox[abeprs][-.](?:[0-9A-Za-z]{1,14}-){1,4}[0-9A-Za-z]{16,146}",
        is_mixed,
        "api.slack.com/concepts/token-types",
    ),
    form(
        "Slack app token",
        &["xapp-"],
        "xapp-[0-9]-[A-Z0-9]{9,12}-[0-9]{10,14}-[0-9a-f]{64}",
        is_mixed,
        "api.slack.com/concepts/token-types",
    ),
    form(
        "Slack webhook",
        &["hooks.slack.com/"],
        r"hooks\.slack\.com/(?:services|workflows)/[TA][0-9A-Z]{8,12}/[BA][0-9A-Z]{8,12}/[0-9A-Za-z/]{20,60}",
        is_mixed,
        "api.slack.com/messaging/webhooks",
    ),
    form(
        "Stripe key",
        &["sk_live_", "rk_live_", "sk_test_", "rk_test_"],
        "[sr]k_(?:live|test)_[0-9A-Za-z]{24,247}",
        is_mixed,
        "docs.stripe.com/keys",
    ),
    form("Stripe webhook secret", &["whsec_"], "whsec_[0-9A-Za-z+/]{32,64}=?", is_mixed, "docs.stripe.com/webhooks"),
    form(
        "Google API key",
        &["AIza"],
        "AIza[0-9A-Za-z_-]{35}",
        is_mixed,
        "cloud.google.com/docs/authentication/api-keys",
    ),
    form(
        "Google OAuth client secret",
        &["GOCSPX-"],
        "GOCSPX-[0-9A-Za-z_-]{28}",
        is_mixed,
        "developers.google.com/identity/protocols/oauth2",
    ),
    form(
        "Google OAuth token",
        &["ya29."],
        r"ya29\.[0-9A-Za-z_-]{60,1024}",
        is_mixed,
        "developers.google.com/identity/protocols/oauth2",
    ),
    form(
        "JSON Web Token",
        &["eyJ"],
        r"eyJ[0-9A-Za-z_-]{8,2048}\.eyJ[0-9A-Za-z_-]{8,8192}\.[0-9A-Za-z_-]{16,2048}",
        is_token_of_three,
        "RFC 7519: header and claims are objects in JSON, the header names its algorithm",
    ),
    form(
        "Azure storage key",
        &["AccountKey="],
        "AccountKey=[0-9A-Za-z+/]{86}==",
        is_mixed,
        "learn.microsoft.com/azure/storage/common/storage-configure-connection-string: 64 bytes in base64",
    ),
    Form {
        left: Left::Word(3),
        ..form(
            "Azure client secret",
            &["7Q~", "8Q~"],
            "[78]Q~[0-9A-Za-z_~.-]{31,34}",
            is_mixed,
            "learn.microsoft.com/entra: application secrets",
        )
    },
    form(
        "SendGrid key",
        &["SG."],
        r"SG\.[0-9A-Za-z_-]{22}\.[0-9A-Za-z_-]{43}",
        is_mixed,
        "docs.sendgrid.com: API keys",
    ),
    form("Mailgun key", &["key-"], "key-[0-9a-f]{32}", is_mixed, "documentation.mailgun.com: authentication"),
    Form {
        left: Left::Digits(8, 10),
        ..form(
            "Telegram bot token",
            &[":AA"],
            ":AA[0-9A-Za-z_-]{33}",
            is_mixed,
            "core.telegram.org/bots/api#authorizing-your-bot",
        )
    },
    form(
        "Discord webhook",
        &["discord.com/api/webhooks/", "discordapp.com/api/webhooks/"],
        r"discord(?:app)?\.com/api/webhooks/[0-9]{17,20}/[0-9A-Za-z_-]{60,72}",
        is_mixed,
        "discord.com/developers/docs/resources/webhook",
    ),
    form(
        "OpenAI key",
        &["sk-"],
        "sk-(?:proj-|svcacct-|admin-)?[0-9A-Za-z_-]{20,74}T3BlbkFJ[0-9A-Za-z_-]{20,74}",
        is_mixed,
        "platform.openai.com/docs/api-reference/authentication",
    ),
    form("Hugging Face token", &["hf_"], "hf_[A-Za-z]{34}", is_mixed, "huggingface.co/docs/hub/security-tokens"),
    form(
        "DigitalOcean token",
        &["dop_v1_", "doo_v1_", "dor_v1_"],
        "do[opr]_v1_[0-9a-f]{64}",
        is_mixed,
        "docs.digitalocean.com/reference/api/create-personal-access-token",
    ),
    form(
        "Shopify token",
        &["shpat_", "shpca_", "shppa_", "shpss_"],
        "shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}",
        is_mixed,
        "shopify.dev: about app secrets and tokens",
    ),
    form(
        "Databricks token",
        &["dapi"],
        "dapi[0-9a-f]{32}(?:-[0-9])?",
        is_mixed,
        "docs.databricks.com/dev-tools/auth/pat",
    ),
    form(
        "Vault token",
        &["hvs.", "hvb.", "hvr."],
        r"hv[sbr]\.[0-9A-Za-z_-]{90,300}",
        is_mixed,
        "developer.hashicorp.com/vault/docs/concepts/tokens",
    ),
    Form {
        left: Left::Word(14),
        ..form(
            "Terraform Cloud token",
            &[".atlasv1."],
            r"\.atlasv1\.[0-9A-Za-z_=-]{60,70}",
            is_mixed,
            "developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens",
        )
    },
    form(
        "Atlassian token",
        &["ATATT3", "ATCTT3"],
        "AT[AC]TT3[0-9A-Za-z_=-]{100,300}",
        is_mixed,
        "support.atlassian.com: manage API tokens",
    ),
    form("New Relic key", &["NRAK-"], "NRAK-[0-9A-Z]{27}", is_mixed, "docs.newrelic.com/docs/apis/intro-apis"),
    form(
        "Square token",
        &["sq0atp-", "sq0csp-"],
        "sq0(?:atp-[0-9A-Za-z_-]{22}|csp-[0-9A-Za-z_-]{43})",
        is_mixed,
        "developer.squareup.com/docs/build-basics/access-tokens",
    ),
    form(
        "Docker Hub token",
        &["dckr_pat_", "dckr_oat_"],
        "dckr_[po]at_[0-9A-Za-z_-]{27,36}",
        is_mixed,
        "docs.docker.com/security/access-tokens",
    ),
    form("RubyGems key", &["rubygems_"], "rubygems_[0-9a-f]{48}", is_mixed, "guides.rubygems.org/api-key-scopes"),
    form("NuGet key", &["oy2"], "oy2[0-9a-z]{43}", is_mixed, "learn.microsoft.com/nuget: API keys"),
    form(
        "Grafana token",
        &["glsa_", "glc_"],
        "(?:glsa_[0-9A-Za-z]{32}_[0-9A-Fa-f]{8}|glc_[0-9A-Za-z+/]{32,400}={0,2})",
        is_mixed,
        "grafana.com/docs: service account tokens",
    ),
    form("Linear key", &["lin_api_"], "lin_api_[0-9A-Za-z]{40}", is_mixed, "developers.linear.app"),
    form(
        "Postman key",
        &["PMAK-"],
        "PMAK-[0-9a-f]{24}-[0-9a-f]{34}",
        is_mixed,
        "learning.postman.com: Postman API authentication",
    ),
    form("Doppler token", &["dp.pt.", "dp.st."], r"dp\.[ps]t\.[0-9A-Za-z.]{40,80}", is_mixed, "docs.doppler.com"),
    form(
        "Heroku key",
        &["HRKU-"],
        "HRKU-(?:AA[0-9A-Za-z_-]{58}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})",
        is_mixed,
        "devcenter.heroku.com/articles/authentication",
    ),
    form("Alibaba Cloud access key", &["LTAI"], "LTAI[0-9A-Za-z]{20}", is_mixed, "alibabacloud.com/help/ram"),
    form(
        "age secret key",
        &["AGE-SECRET-KEY-1"],
        "AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}",
        is_age_key,
        "age-encryption.org/v1: Bech32 with its checksum",
    ),
    Form {
        left: Left::Any,
        ..form(HASH, &["$2a$", "$2b$", "$2y$"], r"\$2[aby]\$[0-9]{2}\$[./0-9A-Za-z]{53}", always, "crypt(5): bcrypt")
    },
    Form {
        left: Left::Any,
        ..form(
            HASH,
            &["$6$", "$5$", "$1$", "$apr1$", "$y$"],
            concat!(
                r"\$(?:6\$(?:rounds=[0-9]{4,9}\$)?[./0-9A-Za-z]{1,16}\$[./0-9A-Za-z]{86}",
                r"|5\$(?:rounds=[0-9]{4,9}\$)?[./0-9A-Za-z]{1,16}\$[./0-9A-Za-z]{43}",
                r"|(?:1|apr1)\$[./0-9A-Za-z]{1,8}\$[./0-9A-Za-z]{22}",
                r"|y\$[./0-9A-Za-z]{1,8}\$[./0-9A-Za-z]{1,86}\$[./0-9A-Za-z]{43})"
            ),
            always,
            "crypt(5), httpd's password formats",
        )
    },
    Form {
        left: Left::Any,
        ..form(
            HASH,
            &["$argon2"],
            r"\$argon2(?:id|i|d)\$v=[0-9]{1,3}\$m=[0-9]{1,9},t=[0-9]{1,4},p=[0-9]{1,3}\$[0-9A-Za-z+/]{8,88}\$[0-9A-Za-z+/]{16,128}",
            always,
            "RFC 9106 in PHC's string format",
        )
    },
    form(
        HASH,
        &["aad3b435b51404eeaad3b435b51404ee:"],
        "(?i)aad3b435b51404eeaad3b435b51404ee:[0-9a-f]{32}",
        always,
        "lines of Windows account databases: an empty LM hash, then the NT hash",
    ),
];
