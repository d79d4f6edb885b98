// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/curves/compare_picker.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScreen>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "ui/models/run_words.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kWidth = 480, kHeight = 340;
constexpr int kDirRole = Qt::UserRole;
enum Column { kName, kState, kStep, kLoss };

}  // namespace

ComparePicker::ComparePicker(QWidget* parent) : QFrame(parent, Qt::Popup) {
    setFrameShape(QFrame::StyledPanel);
    setAttribute(Qt::WA_StyledBackground);
    setProperty("panel", true);
    setAccessibleName(tr("Compare with"));
    search_ = new QLineEdit;
    search_->setPlaceholderText(tr("Search name, tag or note"));
    search_->setAccessibleName(tr("Search runs to compare with"));
    search_->setClearButtonEnabled(true);
    search_->addAction(Theme::instance().icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    search_->installEventFilter(this);
    list_ = new QTreeWidget;
    list_->setHeaderLabels({tr("Run"), tr("State"), tr("Step"), tr("Loss")});
    list_->setRootIsDecorated(false);
    list_->setUniformRowHeights(true);
    list_->setAccessibleName(tr("Runs to compare with"));
    list_->header()->setStretchLastSection(false);
    list_->header()->setSectionResizeMode(kName, QHeaderView::Stretch);
    for (const int column : {kState, kStep, kLoss})
        list_->header()->setSectionResizeMode(column, QHeaderView::ResizeToContents);
    for (const int column : {kStep, kLoss})
        list_->headerItem()->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
    list_->installEventFilter(this);
    count_ = new QLabel;
    count_->setProperty("role", "muted");
    auto* done = new QPushButton(tr("Close"));
    auto* foot = new QHBoxLayout;
    foot->addWidget(count_, 1);
    foot->addWidget(done);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 8, 8);
    column->setSpacing(8);
    column->addWidget(search_);
    column->addWidget(list_, 1);
    column->addLayout(foot);
    connect(search_, &QLineEdit::textChanged, this, &ComparePicker::filter);
    connect(list_, &QTreeWidget::itemChanged, this, &ComparePicker::toggled);
    connect(done, &QPushButton::clicked, this, &QWidget::close);
}

void ComparePicker::open(QWidget* anchor, const std::vector<runs::RunStatus>& statuses, const QString& selected,
                         const QStringList& chosen, int most) {
    chosen_ = chosen;
    most_ = most;
    const QSignalBlocker blocker(list_);
    list_->clear();
    search_->clear();
    for (const runs::RunStatus& run : statuses) {
        const QString dir = QString::fromStdString(run.dir.string());
        if (dir == selected) continue;
        const QString step = run.step > 0 ? number(static_cast<double>(run.step), 0) : QStringLiteral("–");
        auto* item = new QTreeWidgetItem({QString::fromStdString(run.name), stateWord(run.state), step, lossText(run)});
        QStringList words = {QString::fromStdString(run.name), stateWord(run.state), QString::fromStdString(run.note)};
        for (const std::string& tag : run.tags) words << QString::fromStdString(tag);
        item->setData(kName, kDirRole, dir);
        item->setData(kState, kDirRole, words.join(u' ').toLower());
        item->setToolTip(kName, dir);
        item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
        item->setCheckState(kName, chosen_.contains(dir) ? Qt::Checked : Qt::Unchecked);
        item->setIcon(kState, Theme::instance().icon(stateIcon(run.state), stateColor(run.state)));
        for (const int column : {kStep, kLoss}) item->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
        list_->addTopLevelItem(item);
    }
    if (list_->topLevelItemCount() > 0) list_->setCurrentItem(list_->topLevelItem(0));
    tellCount();
    resize(kWidth, kHeight);
    const QRect place = anchor->screen()->availableGeometry();
    QPoint at = anchor->mapToGlobal(QPoint(0, anchor->height() + 4));
    at.setX(std::clamp(at.x(), place.left(), std::max(place.left(), place.right() - kWidth)));
    at.setY(std::clamp(at.y(), place.top(), std::max(place.top(), place.bottom() - kHeight)));
    move(at);
    show();
    search_->setFocus(Qt::PopupFocusReason);
}

void ComparePicker::filter() {
    const QStringList words = search_->text().toLower().split(u' ', Qt::SkipEmptyParts);
    QTreeWidgetItem* first = nullptr;
    for (int i = 0; i < list_->topLevelItemCount(); ++i) {
        QTreeWidgetItem* item = list_->topLevelItem(i);
        const QString of_item = item->data(kState, kDirRole).toString();
        const bool fits =
            std::all_of(words.begin(), words.end(), [&of_item](const QString& word) { return of_item.contains(word); });
        item->setHidden(!fits);
        if (fits && first == nullptr) first = item;
    }
    if (first != nullptr && (list_->currentItem() == nullptr || list_->currentItem()->isHidden()))
        list_->setCurrentItem(first);
}

void ComparePicker::toggled(QTreeWidgetItem* item) {
    const QString dir = item->data(kName, kDirRole).toString();
    const bool on = item->checkState(kName) == Qt::Checked;
    if (on == chosen_.contains(dir)) return;
    if (on && chosen_.size() >= most_) {
        const QSignalBlocker blocker(list_);
        item->setCheckState(kName, Qt::Unchecked);
        count_->setText(tr("At most %1 runs beside the selected one: uncheck another first").arg(most_));
        return;
    }
    if (on) {
        chosen_ << dir;
    } else {
        chosen_.removeAll(dir);
    }
    tellCount();
    Q_EMIT chosen(chosen_);
}

void ComparePicker::tellCount() {
    count_->setText(list_->topLevelItemCount() == 0 ? tr("There is no other run yet")
                                                    : tr("%1 of %2 chosen").arg(chosen_.size()).arg(most_));
}

bool ComparePicker::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress) {
        auto* key = static_cast<QKeyEvent*>(event);
        const bool walks = key->key() == Qt::Key_Up || key->key() == Qt::Key_Down;
        if (watched == search_ && walks) {
            list_->setFocus(Qt::OtherFocusReason);
            // From the field the first step down lands on the first run.
            if (list_->currentItem() != nullptr && key->key() == Qt::Key_Down) return true;
        }
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            close();
            return true;
        }
    }
    return QFrame::eventFilter(watched, event);
}

void ComparePicker::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        close();
    } else {
        QFrame::keyPressEvent(event);
    }
}

}  // namespace switchyard::ui
