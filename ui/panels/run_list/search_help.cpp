// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/run_list/search_help.h"

#include <QGridLayout>
#include <QLabel>
#include <QPair>

namespace switchyard::ui {

SearchHelp::SearchHelp(QWidget* parent) : QFrame(parent, Qt::Popup) {
    setObjectName(QStringLiteral("searchHelp"));
    setProperty("card", true);
    setAccessibleName(tr("How to search runs"));
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(16, 12, 16, 12);
    grid->setHorizontalSpacing(16);
    grid->setVerticalSpacing(6);
    auto* title = new QLabel(tr("How to search runs"));
    title->setProperty("role", "title");
    grid->addWidget(title, 0, 0, 1, 2);
    const QList<QPair<QString, QString>> rows = {
        {QStringLiteral("glue warmup"), tr("both words in the name, a tag, the note or the state")},
        {QStringLiteral("\"long run\""), tr("these words in this order")},
        {QStringLiteral("-smoke"), tr("not this word")},
        {QStringLiteral("tag:glue"), tr("a tag of exactly this name; also name: and note:")},
        {QStringLiteral("state:failed,lost"), tr("one of these states")},
        {QStringLiteral("experts=64"), tr("a value of the config; the end of the key is enough")},
        {QStringLiteral("lr<1e-3"), tr("also != <= > >=, and step or loss")},
        {QStringLiteral("data.train=*flickr*"), tr("* stands for anything")},
    };
    for (qsizetype i = 0; i < rows.size(); ++i) {
        auto* example = new QLabel(rows[i].first);
        example->setProperty("role", "mono");
        example->setTextFormat(Qt::PlainText);
        example->setTextInteractionFlags(Qt::TextSelectableByMouse);
        auto* meaning = new QLabel(rows[i].second);
        meaning->setProperty("role", "muted");
        meaning->setProperty("small", true);
        grid->addWidget(example, static_cast<int>(i) + 1, 0);
        grid->addWidget(meaning, static_cast<int>(i) + 1, 1);
    }
}

void SearchHelp::openBelow(const QWidget& field) {
    adjustSize();
    move(field.mapToGlobal(QPoint(0, field.height() + 4)));
    show();
    setFocus();
}

}  // namespace switchyard::ui
