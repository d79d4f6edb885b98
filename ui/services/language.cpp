// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/language.h"

#include <QApplication>
#include <QLibraryInfo>
#include <QLocale>

// Outside of the namespace, as the macro asks.
static void registerTranslations() {
    Q_INIT_RESOURCE(translations);
}

namespace switchyard::ui {
namespace {

const QString kPseudo = QStringLiteral("pseudo");

QChar accented(QChar plain) {
    static const QString from = QStringLiteral("aeiouyAEIOUYcnsz");
    static const QString to = QStringLiteral("àéîöüÿÀÉÎÖÜŸçñšž");
    const qsizetype at = from.indexOf(plain);
    return at < 0 ? plain : to[at];
}

/// The end of what must not be touched at `at`: %1, %n, %L1, <b>, &amp;, &S; `at` itself when there is none.
qsizetype skipKept(const QString& text, qsizetype at) {
    if (text[at] == u'%' && at + 1 < text.size()) {
        qsizetype end = at + 1;
        if (text[end] == u'L') ++end;
        if (end < text.size() && (text[end].isDigit() || text[end] == u'n')) return end + 1;
    }
    if (text[at] == u'<' && at + 1 < text.size() && (text[at + 1].isLetter() || text[at + 1] == u'/')) {
        const qsizetype end = text.indexOf(u'>', at);
        if (end > 0) return end + 1;
    }
    if (text[at] == u'&' && at + 1 < text.size() && text[at + 1].isLetter()) {
        const qsizetype end = text.indexOf(u';', at);
        const bool entity = end > at && text.mid(at + 1, end - at - 1) == text.mid(at + 1, end - at - 1).toLower() &&
                            end - at < 8 && !text.mid(at, end - at).contains(u' ');
        return entity ? end + 1 : at + 2;
    }
    return at;
}

}  // namespace

QString PseudoTranslator::pseudo(const QString& source) {
    QString out;
    int letters = 0;
    for (qsizetype i = 0; i < source.size();) {
        const qsizetype end = skipKept(source, i);
        if (end > i) {
            out += source.mid(i, end - i);
            i = end;
            continue;
        }
        letters += source[i].isLetter() ? 1 : 0;
        out += accented(source[i]);
        // A third of the letters twice: words grow as they do in German, and still break where words do.
        if (source[i].isLetter() && letters % 3 == 0) out += accented(source[i]).toLower();
        ++i;
    }
    return u'«' + out + u'»';
}

QString PseudoTranslator::translate(const char*, const char* source, const char*, int n) const {
    QString text = QString::fromUtf8(source);
    if (text.trimmed().isEmpty() || text == QStringLiteral(",")) return {};
    if (n >= 0) text.replace(QStringLiteral("%n"), QString::number(n));
    return pseudo(text);
}

QStringList languages() {
    return {QStringLiteral("en"), QStringLiteral("de")};
}

QString languageName(const QString& language) {
    return language == QStringLiteral("de") ? QStringLiteral("Deutsch") : QStringLiteral("English");
}

QString chooseLanguage(const QString& asked, const QString& kept) {
    QStringList wishes = {asked, qEnvironmentVariable("SWITCHYARD_LANGUAGE"), kept};
    wishes += QLocale::system().uiLanguages();
    for (const QString& wish : wishes) {
        if (wish == kPseudo) return kPseudo;
        const QString language = wish.section(u'-', 0, 0).section(u'_', 0, 0).toLower();  // "de-AT", "de_DE"
        if (languages().contains(language)) return language;
    }
    return languages().first();
}

void useLanguage(const QString& language) {
    if (language == kPseudo) {
        QCoreApplication::installTranslator(new PseudoTranslator(qApp));
        return;
    }
    if (language == languages().first()) return;  // the sources' own
    registerTranslations();
    const auto load = [](const QString& file, const QString& folder) {
        auto* translator = new QTranslator(qApp);
        if (translator->load(file, folder)) QCoreApplication::installTranslator(translator);
    };
    load(QStringLiteral("qtbase_") + language, QLibraryInfo::path(QLibraryInfo::TranslationsPath));
    load(QStringLiteral("switchyard_") + language, QStringLiteral(":/translations"));
}

}  // namespace switchyard::ui
