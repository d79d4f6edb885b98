// SPDX-License-Identifier: GPL-3.0-or-later
// The window's language. It is chosen at the start: what is drawn already would keep the old one.
#pragma once

#include <QString>
#include <QStringList>
#include <QTranslator>

namespace switchyard::ui {

/// Finds the places that no language reaches: every text comes back in «», with accents and about a third longer.
/// Numbers (%1), entities, markup and the & of a shortcut stay.
class PseudoTranslator : public QTranslator {
    Q_OBJECT
public:
    using QTranslator::QTranslator;
    bool isEmpty() const override { return false; }
    QString translate(const char* context, const char* source, const char* note, int n) const override;
    static QString pseudo(const QString& source);
};

QStringList languages();                        ///< "en", "de"; all that can be chosen
QString languageName(const QString& language);  ///< in its own words: "Deutsch"

/// The first that names one of languages() or "pseudo": `asked`, $SWITCHYARD_LANGUAGE, `kept`, the system's languages;
/// else "en".
QString chooseLanguage(const QString& asked, const QString& kept);

/// From here on, tr() answers in the language, Qt's own words included. Before the first widget.
/// Thread: GUI thread.
void useLanguage(const QString& language);

}  // namespace switchyard::ui
