//! The words that sellers and their chats are made of, in English and Russian. Lists are packed by hand: one word a line would hide them.

/// Words that only a claim, a sale or a threat is made of, by their stems.
#[rustfmt::skip]
pub(super) const DEEDS: &[&str] = &[
    "hack", "breach", "stolen", "stole", "steal", "exfiltrat", "leak", "dump", "encrypt", "decrypt", "compromis",
    "pwn", "extract", "ransom", "auction", "bidding", "selling", "blitz", "downloaded", "infiltrat", "penetrat",
    "locked", "продам", "продаю", "продаё", "продае", "продаж", "слил", "слив", "слит", "взлом", "взлома", "хакн",
    "выкуп", "дамп", "утеч", "скачал", "выкачал", "выгруз", "зашифров", "локнул", "залоч", "пролоч", "украл",
    "похити", "сливаю", "сольём", "сольем", "аукцион", "похищ",
];

/// Whole words of a claim, a sale or a threat.
#[rustfmt::skip]
pub(super) const DEED_WORDS: &[&str] = &[
    "sell", "sells", "sale", "sold", "wts", "publish", "published", "publication", "publicate", "publishing", "publicly",
    "obtained", "acquired", "posted", "uploaded", "deadline", "pay", "payment", "buyer", "buyers", "exposed",
    "released", "negotiate", "negotiations", "taken", "copied", "опубликуем", "выложим", "купит", "дедлайн",
    "выплата", "платить", "заплатить",
];

/// What is taken and sold, by stems.
#[rustfmt::skip]
pub(super) const THINGS: &[&str] = &[
    "data", "database", "file", "document", "record", "credential", "password", "source", "mailbox", "email",
    "backup", "passport", "contract", "ssn", "access", "shell", "archive", "sample", "proof", "screenshot", "info",
    "folder", "network", "server", "tree", "баз", "данн", "файл", "документ", "доступ", "парол", "исходник",
    "паспорт", "почт", "сет", "строк", "запис", "пруф", "скрин", "пробник", "дедик", "инф", "бекап", "бэкап",
];

/// What somebody says to have or hold, by stems.
#[rustfmt::skip]
pub(super) const HELD: &[&str] = &[
    "data", "file", "document", "backup", "record", "password", "access", "network", "source", "shell", "базы", "данные",
    "доступ", "исходник",
];

#[rustfmt::skip]
pub(super) const OWN: &[&str] = &[
    "we", "i", "our", "us", "my", "me", "we've", "i've", "we'll", "i'm", "we're", "мы", "я", "наш", "наша", "наши",
    "нас", "мне",
];

#[rustfmt::skip]
pub(super) const YOURS: &[&str] = &[
    "you", "your", "yours", "вы", "ваш", "ваша", "ваши", "вас", "вам", "вашей", "вашу",
];

/// Words of what comes next, when somebody says them of themselves: `we will upload`, `I am ready to`.
#[rustfmt::skip]
pub(super) const INTENDS: &[&str] = &[
    "will", "ready", "we'll", "i'll", "gonna", "going", "готовы", "готов", "будем", "буду",
];

/// Words of talks that failed: `the company did not get in touch`.
#[rustfmt::skip]
pub(super) const TALKS: &[&str] = &[
    "touch", "contacted", "negotiat", "refus", "ignor", "cooperat", "respond", "reply", "связь", "отказал", "игнорир",
];

#[rustfmt::skip]
pub(super) const REFUSES: &[&[&str]] = &[
    &["not", "disclose"], &["not", "comment"], &["no", "comment"], &["not", "tell", "you"], &["не", "скажем"],
    &["не", "скажу"], &["без", "комментариев"],
];

#[rustfmt::skip]
pub(super) const DENIES: &[&[&str]] = &[
    &["not", "us"], &["did", "not", "hack"], &["didn't", "hack"], &["not", "behind"],
    &["nothing", "to", "do", "with"], &["did", "not", "attack"], &["не", "взламывали"], &["не", "ломали"],
    &["не", "мы"], &["не", "наша", "работа"],
];

#[rustfmt::skip]
pub(super) const DOUBTS: &[&[&str]] = &[
    &["don't", "even", "know"], &["dont", "even", "know"], &["you", "think", "you"], &["don't", "have", "our"],
    &["not", "our", "data"], &["not", "ours"], &["is", "fake"], &["is", "a", "lie"], &["you", "lie"],
    &["don't", "believe"], &["do", "not", "believe"], &["not", "true"], &["не", "верю"], &["не", "наши", "данные"],
    &["врёшь"], &["фейк"],
];

/// What is told of the victim's business and is no price.
#[rustfmt::skip]
pub(super) const BUSINESS: &[&str] = &[
    "revenue", "rev", "revenues", "turnover", "income", "worth", "insurance", "credit", "capital", "market", "valued",
    "shares", "profit", "assets", "employees", "staff", "оборот", "оборотом", "ревеню", "ревенью", "ревен", "выручка",
    "выручкой", "доход", "прибыль", "страховка", "сотрудников",
];

#[rustfmt::skip]
pub(super) const PRICED: &[&str] = &[
    "price", "cost", "costs", "pay", "payment", "ransom", "sell", "selling", "sale", "start", "step", "blitz", "bid",
    "buy", "bin", "ask", "asking", "for", "offer", "demand", "discount", "send", "need", "deal", "цена", "ценник",
    "стоимость", "старт", "шаг", "блиц", "за", "выкуп", "продам", "продаю", "заплатить", "платить", "отдам", "прайс",
    "торг", "скидка",
];

/// What the victim's name ends at.
#[rustfmt::skip]
pub(super) const ENDS: &[&str] = &[
    "with", "for", "price", "revenue", "rev", "who", "that", "which", "via", "through", "by", "is", "was", "are",
    "were", "will", "on", "since", "has", "have", "and", "we", "you", "here", "including", "с", "за", "цена",
    "выручка", "оборот", "ревеню", "через", "по", "и", "объем", "объём", "старт", "leaked", "hacked", "breached",
    "data", "database", "leak", "selling", "sell", "start", "blitz", "access",
];

/// Before the name of whom it was taken from.
#[rustfmt::skip]
pub(super) const FROM: &[&[&str]] = &[
    &["stolen", "from"], &["taken", "from"], &["obtained", "from"], &["acquired", "from"], &["downloaded", "from"],
    &["exfiltrated", "from"], &["belonging", "to"], &["belongs", "to"], &["access", "to"], &["access", "into"],
    &["access", "in"], &["accesses", "to"], &["database", "of"], &["databases", "of"], &["data", "of"],
    &["data", "from"], &["database", "from"], &["leak", "of"], &["breach", "of"], &["dump", "of"], &["network", "of"],
    &["server", "of"], &["code", "of"], &["hacked"], &["breached"], &["доступ", "к"], &["доступ", "в"],
    &["доступы", "в"], &["доступы", "к"], &["базу", "данных"], &["база", "данных"], &["дамп"], &["базу"], &["база"],
    &["взломали"], &["взломана"], &["слив"], &["слита"], &["слили"],
];

/// Words that may stand before the name and are none of it.
#[rustfmt::skip]
pub(super) const SKIPPED: &[&str] = &[
    "the", "network", "networks", "corporate", "internal", "of", "company", "systems", "servers", "server", "site",
    "website", "сети", "сеть", "сетку", "корпоративной", "корпоративную", "компании", "фирмы", "сайта", "клиентов",
    "базы", "данных", "all", "whole", "entire", "full", ":",
];

/// What is never a victim's name, and shows that the words before meant something else.
#[rustfmt::skip]
pub(super) const NEVER: &[&str] = &[
    "this", "their", "your", "our", "its", "them", "it", "more", "download", "these", "those", "my", "everything",
    "any", "different", "employees", "customers", "clients", "users", "server", "database", "data", "all", "files",
    "нас", "вас", "них", "их", "всех", "я", "мы", "строк", "rdp", "vpn", "network", "$",
];

/// What the victim's name stands right before: `Brightwell database`, `Brightwell full source code`.
#[rustfmt::skip]
pub(super) const OWNED: &[&str] = &[
    "database", "db", "databases", "data", "leak", "dump", "source", "users", "customers", "clients", "full",
    "complete", "customer", "user", "employees", "suffered", "база", "бд",
];

/// Words with a capital that are no name.
#[rustfmt::skip]
pub(super) const NO_NAME: &[&str] = &[
    "selling", "sell", "the", "full", "fresh", "new", "private", "leaked", "hot", "sql", "database", "data", "source",
    "sale", "for", "wts", "big", "free", "all", "user", "users", "customer", "i", "we", "today", "in", "on", "hello",
    "hi", "company", "complete", "internal", "personal", "secret", "sensitive", "stolen", "critical", "massive",
    "huge", "recent", "usa", "uk", "us", "eu", "more", "than", "then", "with", "and", "of", "a", "an", "client",
    "employee", "corporate", "confidential", "unique", "это", "продам", "available", "download", "central", "crm",
    "hr", "vip", "email", "sms", "now", "military",
];

/// Heads of what is offered.
#[rustfmt::skip]
pub(super) const HEADS: &[&str] = &[
    "data", "database", "databases", "db", "files", "documents", "docs", "code", "codes", "dump", "dumps", "backups",
    "emails", "mailboxes", "contracts", "passports", "credentials", "info", "information", "archive", "archives",
    "ssns", "accounting", "ssn", "nda", "ndas", "drawings", "blueprints", "reports", "invoices", "correspondence",
    "repositories", "passwords", "logins", "hashes", "cards", "secrets", "keys", "финансы", "данные", "данных",
    "база", "базу", "базы", "документы", "исходники", "исходный", "дамп", "паспорта", "договора", "договоры",
    "переписка", "почта", "почты", "бекапы", "бэкапы", "архивы", "пароли",
];

/// What stands before a head and is no part of the goods.
#[rustfmt::skip]
pub(super) const NO_PART: &[&str] = &[
    "the", "a", "an", "of", "your", "our", "all", "this", "these", "we", "and", "more", "than", "then", "have", "has",
    "their", "its", "from", "in", "to", "with", "for", "selling", "sell", "sale", "stolen", "leaking", "downloading",
    "publishing", "leak", "leaked", "buy", "get", "some", "any", "other", "much", "will", "publish", "about",
    "million", "as", "or", "also", "is", "are", "was", "were", "by", "on", "you", "i", "us", "them", "that", "who",
    "not", "no", "be", "been", "steal", "stole", "hacked", "downloaded", "including", "includes", "contains", "lot",
    "part", "first", "they", "following", "find", "here", "продам", "продаю", "всю", "все", "и", "в", "на", "с", "из",
    "слили", "сливаю", "слил", "эту", "эти", "там", "очень", "много", "tb", "gb", "mb", "gigabytes", "terabytes",
    "start", "without", "provide", "can", "send", "check", "share", "into", "where", "which", "how", "what", "every",
    "each", "don't", "if", "when", "do", "did", "does", "these", "its", "entire", "whole", "exfiltrate", "would",
    "could", "should", "transfer", "send", "want", "need", "delete", "restore",
];

/// Kinds of access to a network, by the words that sellers use.
#[rustfmt::skip]
pub(super) const ACCESS: &[(&str, &[&str])] = &[
    ("RDP", &["rdp", "рдп", "rdweb", "rds", "дедик", "дедики"]),
    ("VPN", &["vpn", "впн", "fortinet", "fortigate", "fortivpn", "anyconnect", "globalprotect", "sonicwall", "pulse", "openvpn"]),
    ("Citrix", &["citrix", "цитрикс", "ситрикс"]),
    ("web shell", &["webshell", "webshells", "вебшелл", "шелл", "шеллы"]), ("SSH", &["ssh"]), ("VNC", &["vnc"]),
    ("remote management", &["anydesk", "teamviewer", "screenconnect", "rmm", "splashtop", "atera"]),
    ("virtual machines", &["esxi", "vcenter", "vsphere", "vmware"]),
    ("mailbox", &["owa", "exchange", "o365", "office365", "webmail"]), ("cloud", &["aws", "azure", "gcp", "s3"]),
    ("source code repository", &["github", "gitlab", "bitbucket", "gitea"]),
    ("database", &["phpmyadmin", "mysql", "mssql", "postgres", "mongodb", "sqli"]),
    ("admin panel", &["админка", "админку", "cpanel", "whm", "wordpress", "magento", "opencart"]),
    ("remote shell", &["meterpreter", "beacon", "cobalt", "кобальт"]), ("root", &["root", "рут"]),
    ("domain administrator", &["da"]),
];

/// The same by more than one word.
#[rustfmt::skip]
pub(super) const ACCESS_RUNS: &[(&str, &[&str])] = &[
    ("web shell", &["web", "shell"]), ("web shell", &["веб", "шелл"]), ("RDP", &["remote", "desktop"]),
    ("domain administrator", &["domain", "admin"]), ("domain administrator", &["domain", "administrator"]),
    ("domain administrator", &["доменн", "админ"]), ("domain administrator", &["домен", "админ"]),
    ("domain administrator", &["админ", "домена"]), ("domain administrator", &["права", "да"]),
    ("local administrator", &["local", "admin"]), ("local administrator", &["local", "administrator"]),
    ("local administrator", &["локальн", "админ"]), ("domain user", &["domain", "user"]),
    ("domain user", &["доменн", "юзер"]), ("database", &["database", "access"]),
    ("database", &["access", "to", "database"]), ("admin panel", &["admin", "panel"]),
    ("mailbox", &["email", "access"]), ("source code repository", &["code", "repository"]),
    ("remote shell", &["reverse", "shell"]),
];

/// What opens a list of goods.
#[rustfmt::skip]
pub(super) const LISTS: &[&str] = &[
    "including", "includes", "include", "contains", "contain", "containing", "have", "включая", "содержит",
    "включает", "имеются",
];

/// Words of a clause, and of what is threatened: no goods.
#[rustfmt::skip]
pub(super) const NO_ITEM: &[&str] = &[
    "which", "who", "will", "can", "take", "may", "try", "don't", "was", "sale", "publication", "distribution",
];

/// Words for what shows that a seller has it.
#[rustfmt::skip]
pub(super) const PROOF: &[&str] = &[
    "proof", "proofs", "sample", "samples", "screenshot", "screenshots", "screens", "tree", "listing", "пруф",
    "пруфы", "пробник", "пробники", "сэмпл", "семпл", "скрин", "скрины", "скриншоты", "образец",
];
