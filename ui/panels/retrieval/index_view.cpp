// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/retrieval/index_view.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QStyle>
#include <QVBoxLayout>

#include "ui/models/run_words.h"
#include "ui/panels/retrieval/index_store.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/progress_bar_thin.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

QString whole(qint64 value) {
    return number(static_cast<double>(value), 0);
}

/// One decimal, as indexes are small.
QString sizeText(qint64 count) {
    const double kib = static_cast<double>(count) / 1024.0, mib = kib / 1024.0;
    if (kib < 100) return QStringLiteral("%1 KiB").arg(number(kib, 0));
    return mib < 1024 ? QStringLiteral("%1 MiB").arg(number(mib, 1)) : bytes(static_cast<double>(count));
}

QPushButton* link(const QString& text) {
    auto* button = new QPushButton(text);
    button->setProperty("link", true);
    button->setProperty("small", true);
    button->setStyleSheet(QStringLiteral("QPushButton { padding: 0; }"));  // in line with the text above
    button->setCursor(Qt::PointingHandCursor);
    return button;
}

QLabel* tableLabel(const QString& text = {}) {
    auto* label = new QLabel(text);
    label->setFont(Theme::instance().font(TextRole::kTable));
    return label;
}

}  // namespace

QString buildCount(const IndexStore& store) {
    const IndexProgress& progress = store.progress();
    if (progress.total <= 0) return IndexView::tr("Loading the model");
    return progress.graph ? IndexView::tr("%1 of %2 in the graph").arg(whole(progress.done), whole(progress.total))
                          : IndexView::tr("%1 of %2").arg(whole(progress.done), whole(progress.total));
}

QString buildSpeed(const IndexStore& store) {
    const IndexProgress& progress = store.progress();
    if (progress.per_second <= 0) return {};
    const QString speed = progress.graph ? IndexView::tr("%1 vectors/s") : IndexView::tr("%1 pictures/s");
    const QString text = speed.arg(number(progress.per_second, progress.per_second < 10 ? 1 : 0));
    return progress.seconds_left < 0 ? text : IndexView::tr("%1, %2 left").arg(text, duration(progress.seconds_left));
}

double buildFraction(const IndexStore& store) {
    const IndexProgress& progress = store.progress();
    return progress.total <= 0 ? 0 : static_cast<double>(progress.done) / static_cast<double>(progress.total);
}

IndexView::IndexView(IndexStore& store, QWidget* parent) : QWidget(parent), store_(store) {
    setAccessibleName(tr("Index"));
    auto* title = new QLabel(tr("Index"));
    title->setProperty("role", "title");
    mark_icon_ = new QLabel;
    mark_icon_->setFixedSize(16, 16);
    mark_ = tableLabel();
    auto* head = new QHBoxLayout;
    head->setSpacing(4);
    head->addWidget(title);
    head->addStretch(1);
    head->addWidget(mark_icon_);
    head->addWidget(mark_);

    auto* grid = new QGridLayout;
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(0);
    grid->setColumnStretch(1, 1);
    pictures_ = addRow(grid, tr("Pictures"));
    embedding_ = addRow(grid, tr("Embedding"));
    size_ = addRow(grid, tr("Size"));
    search_ = addRow(grid, tr("Search"));
    data_ = addRow(grid, tr("Data"));
    checkpoint_ = addRow(grid, tr("Checkpoint"));

    rebuild_ = link(tr("Rebuild"));
    auto* change = link(tr("Change data…"));
    auto* links = new QHBoxLayout;
    links->setContentsMargins(0, 0, 0, 0);
    links->setSpacing(8);
    links->addWidget(rebuild_);
    links->addStretch(1);
    links->addWidget(change);

    build_ = new QWidget;
    auto* line = new QFrame;
    line->setProperty("line", true);
    line->setFixedHeight(1);
    build_name_ = new ElidedLabel;
    build_name_->setFont(Theme::instance().font(TextRole::kTable));
    build_count_ = tableLabel();
    build_count_->setProperty("role", "muted");
    build_bar_ = new ProgressBarThin;
    build_bar_->setAccessibleName(tr("Progress of the index"));
    auto* cancel = link(tr("Cancel"));
    cancel->setAccessibleName(tr("Cancel building the index"));
    build_speed_ = tableLabel();
    build_speed_->setProperty("role", "muted");
    auto* names = new QHBoxLayout;
    names->setSpacing(8);
    names->addWidget(build_name_, 1);
    names->addWidget(build_count_);
    auto* bars = new QHBoxLayout;
    bars->setSpacing(4);
    bars->addWidget(build_bar_, 1);
    bars->addWidget(cancel);
    auto* build = new QVBoxLayout(build_);
    build->setContentsMargins(0, 4, 0, 0);
    build->setSpacing(2);
    build->addWidget(line);
    build->addSpacing(6);
    build->addLayout(names);
    build->addLayout(bars);
    build->addWidget(build_speed_);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 12, 12, 10);
    column->setSpacing(4);
    column->addLayout(head);
    column->addLayout(grid);
    column->addLayout(links);
    column->addWidget(build_);

    connect(rebuild_, &QPushButton::clicked, this, &IndexView::rebuild);
    connect(change, &QPushButton::clicked, this, &IndexView::changeData);
    connect(cancel, &QPushButton::clicked, this, &IndexView::cancelBuild);
    connect(&store_, &IndexStore::stateChanged, this, &IndexView::refresh);
    connect(&store_, &IndexStore::progressChanged, this, &IndexView::updateProgress);
    connect(&Theme::instance(), &Theme::changed, this, &IndexView::refresh);
    refresh();
}

ElidedLabel* IndexView::addRow(QGridLayout* grid, const QString& name) {
    auto* key = tableLabel(name);
    key->setProperty("role", "muted");
    auto* value = new ElidedLabel;
    value->setFont(Theme::instance().font(TextRole::kTable));
    value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    value->setElideMode(Qt::ElideMiddle);
    const int row = grid->rowCount();
    grid->addWidget(key, row, 0);
    grid->addWidget(value, row, 1);
    grid->setRowMinimumHeight(row, metric::kTableRow);
    return value;
}

void IndexView::setCheckpointName(const QString& name) {
    checkpoint_->setFullText(name.isEmpty() ? QStringLiteral("–") : name);
}

void IndexView::refresh() {
    const Palette& p = Theme::instance().palette();
    const IndexFacts& facts = store_.facts();
    const bool there = facts.pictures > 0;
    const QString none = QStringLiteral("–");
    pictures_->setFullText(!there              ? none
                           : facts.skipped > 0 ? tr("%1, %2 left out").arg(whole(facts.pictures), whole(facts.skipped))
                                               : whole(facts.pictures));
    embedding_->setFullText(there ? tr("%1 values, fp32").arg(whole(facts.dim)) : none);
    size_->setFullText(there ? sizeText(facts.bytes) : none);
    search_->setFullText(!there ? none : facts.graph ? tr("graph (HNSW)") : tr("exact"));
    pictures_->setToolTip(
        facts.skipped > 0 ? tr("%1 pictures could not be read and are left out").arg(whole(facts.skipped)) : QString());
    data_->setFullText(store_.data().isEmpty() ? none : store_.dataName());
    data_->setToolTip(QStringLiteral("<qt>%1</qt>").arg(store_.data().toHtmlEscaped()));

    QString icon, word;
    const char* role = "muted";
    QColor color = p.muted;
    const auto mark = [&](const QString& name, const QString& text, const char* text_role, const QColor& text_color) {
        icon = name, word = text, role = text_role, color = text_color;
    };
    switch (store_.state()) {
        case IndexState::kReady:
            if (facts.data_changed)
                mark(QStringLiteral("warning"), tr("data has changed"), "warning", p.warning);
            else
                mark(QStringLiteral("ok"), tr("ready"), "success", p.success);
            break;
        case IndexState::kOtherModel:
            mark(QStringLiteral("warning"), tr("of other weights"), "warning", p.warning);
            break;
        case IndexState::kBuilding:
            mark(QStringLiteral("state-starting"), tr("building"), "muted", p.accent);
            break;
        case IndexState::kMissing:
        case IndexState::kNoData:
            mark({}, tr("not built"), "muted", p.muted);
            break;
        case IndexState::kNothing:
        case IndexState::kChecking:
            break;
    }
    mark_icon_->setPixmap(
        icon.isEmpty() ? QPixmap() : Theme::instance().icon(icon, color).pixmap(QSize(16, 16), devicePixelRatioF()));
    mark_->setText(word);
    mark_->setProperty("role", role);
    mark_->style()->unpolish(mark_);
    mark_->style()->polish(mark_);
    rebuild_->setText(there ? tr("Rebuild") : facts.begun > 0 ? tr("Continue building") : tr("Build index"));
    const bool possible = store_.state() == IndexState::kReady || store_.state() == IndexState::kOtherModel ||
                          store_.state() == IndexState::kMissing;
    rebuild_->setEnabled(possible);
    rebuild_->setToolTip(possible                                  ? QString()
                         : store_.state() == IndexState::kBuilding ? tr("The index is being built")
                         : store_.state() == IndexState::kNothing  ? tr("There is no checkpoint to build with")
                                                                   : tr("There is no data to build of"));
    build_->setVisible(store_.state() == IndexState::kBuilding);
    updateProgress();
}

void IndexView::updateProgress() {
    if (store_.state() != IndexState::kBuilding) return;
    build_name_->setFullText(tr("Building %1").arg(store_.dataName()));
    build_count_->setText(buildCount(store_));
    build_speed_->setText(buildSpeed(store_).isEmpty() ? QStringLiteral(" ") : buildSpeed(store_));
    build_bar_->setValue(buildFraction(store_));
}

}  // namespace switchyard::ui
