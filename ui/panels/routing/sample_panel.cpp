// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing/sample_panel.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include "core/base/util/error.h"
#include "ui/models/run_words.h"
#include "ui/panels/shared/drop_zone.h"
#include "ui/panels/shared/picture_intake.h"
#include "ui/panels/shared/picture_paint.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/list_row.h"
#include "ui/widgets/picture_loader.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kRowHeight = 60, kThumbnail = 44, kMargin = 12;
constexpr int kTypedMs = 20;  // a trace that is overtaken is cancelled

/// A sample as a row: picture or icon, text, where it went.
class SampleDelegate : public QStyledItemDelegate {
public:
    SampleDelegate(PictureLoader& pictures, QObject* parent) : QStyledItemDelegate(parent), pictures_(pictures) {}
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {120, kRowHeight}; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const Theme& theme = Theme::instance();
        const Palette& p = theme.palette();
        const QRect row = option.rect;
        painter->save();
        paintRowGround(*painter, option);
        const QRect place(row.left() + kMargin, row.top() + 7, kThumbnail, kThumbnail);
        const QString image = index.data(SampleListModel::kImageRole).toString();
        if (image.isEmpty()) {
            theme.icon(QStringLiteral("text"), p.muted).paint(painter, place.adjusted(14, 14, -14, -14));
        } else {
            painter->fillRect(place, Qt::white);
            paintPicture(*painter, place.adjusted(1, 1, -1, -1), image, pictures_);
            painter->setPen(p.border);
            painter->drawRect(place.adjusted(0, 0, -1, -1));
        }
        const QRect text(place.right() + 11, row.top() + 10, row.right() - place.right() - 18, 20);
        const QFont body = theme.font(TextRole::kBody), table = theme.font(TextRole::kTable);
        painter->setFont(body);
        painter->setPen(p.text);
        painter->drawText(text, Qt::AlignVCenter,
                          QFontMetrics(body).elidedText(index.data().toString(), Qt::ElideRight, text.width()));
        painter->setFont(table);
        painter->setPen(index.data(SampleListModel::kFailedRole).toBool() ? p.danger : p.muted);
        painter->drawText(text.translated(0, 20), Qt::AlignVCenter,
                          QFontMetrics(table).elidedText(index.data(SampleListModel::kOutcomeRole).toString(),
                                                         Qt::ElideRight, text.width()));
        paintRowFocus(*painter, option);
        painter->restore();
    }

private:
    PictureLoader& pictures_;
};

}  // namespace

SampleListView::SampleListView(PictureLoader& pictures, QWidget* parent) : QListView(parent) {
    setItemDelegate(new SampleDelegate(pictures, this));
    setUniformItemSizes(true);
    setMouseTracking(true);
    setEditTriggers(NoEditTriggers);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Samples"));
    connect(&pictures, &PictureLoader::loaded, viewport(), qOverload<>(&QWidget::update));
    connect(&Theme::instance(), &Theme::changed, viewport(), qOverload<>(&QWidget::update));
    connect(this, &QListView::clicked, this, [this](const QModelIndex& index) { Q_EMIT chosen(index.row()); });
}

void SampleListView::setEmptyText(const QString& text) {
    empty_text_ = text;
    viewport()->update();
}

void SampleListView::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QListView::currentChanged(current, previous);
    if (current.isValid()) Q_EMIT chosen(current.row());
}

void SampleListView::paintEvent(QPaintEvent* event) {
    QListView::paintEvent(event);
    if (model() == nullptr || model()->rowCount() > 0) return;
    QPainter painter(viewport());
    painter.setFont(Theme::instance().font(TextRole::kTable));
    painter.setPen(Theme::instance().palette().muted);
    painter.drawText(viewport()->rect().adjusted(24, 24, -24, -24), Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap,
                     empty_text_);
}

void SampleListView::keyPressEvent(QKeyEvent* event) {
    const QModelIndex index = currentIndex();
    if (index.isValid()) {
        if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) return Q_EMIT chosen(index.row());
        if (event->key() == Qt::Key_Delete) return Q_EMIT removeAsked(index.row());
    }
    QListView::keyPressEvent(event);
}

SamplePanel::SamplePanel(SampleListModel& evaluation, SampleListModel& probe, SampleListModel& own,
                         PictureLoader& pictures, QWidget* parent)
    : QWidget(parent), models_{&evaluation, &probe, &own}, own_(own) {
    setWindowTitle(tr("Samples"));
    setAttribute(Qt::WA_StyledBackground);
    setProperty("panel", true);
    lists_ = new SegmentedControl({tr("Evaluation"), tr("Probe set"), tr("My samples")});
    lists_->setAccessibleName(tr("Which samples"));
    caption_ = new QLabel;
    caption_->setProperty("role", "caption");
    caption_->setContentsMargins(kMargin, 0, kMargin, 6);
    caption_->setWordWrap(true);
    view_ = new SampleListView(pictures);
    view_->setModel(models_[kData]);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(kMargin, 8, kMargin, 8);
    head->addWidget(lists_);
    head->addStretch(1);
    auto* line = new QFrame;
    line->setProperty("line", true);
    line->setFixedHeight(1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(caption_);
    column->addWidget(view_, 1);
    column->addWidget(line);
    column->addWidget(makeComposer(pictures));
    connect(lists_, &SegmentedControl::changed, this, [this](int list) { showList(static_cast<List>(list)); });
    connect(view_, &SampleListView::chosen, this, [this](int row) {
        if (!quiet_) Q_EMIT chosen(shown().entries()[row].key);
    });
    connect(view_, &SampleListView::removeAsked, this, [this](int row) {
        if (&shown() == &own_) Q_EMIT removed(own_.entries()[row].key);
    });
    typed_.setSingleShot(true);
    typed_.setInterval(kTypedMs);
    connect(&typed_, &QTimer::timeout, this, &SamplePanel::takeDraft);
    empty_[kOwn] = tr("Samples you keep stand here. Type a text below or drop an image, then press Enter.");
    showList(kData);
    showDraft();
}

QWidget* SamplePanel::makeComposer(PictureLoader& pictures) {
    auto* box = new QWidget;
    auto* title = new QLabel(tr("New sample"));
    title->setProperty("role", "title");
    keep_ = new QPushButton(tr("Keep sample"));
    keep_->setProperty("small", true);
    field_ = new QLineEdit;
    field_->setObjectName(QStringLiteral("sampleText"));
    field_->setPlaceholderText(tr("Type a text"));
    field_->setAccessibleName(tr("Text of a new sample"));
    field_->setToolTip(tr("Traced while you type; Enter keeps it under My samples"));
    title->setBuddy(field_);
    zone_ = new DropZone;
    zone_->setMaximumWidth(QWIDGETSIZE_MAX);
    zone_->setHotTitle(tr("Drop to trace"));
    picture_row_ = new QWidget;
    picture_row_->setFixedHeight(zone_->height());
    picture_ = new PictureBox(pictures);
    picture_->setFixedSize(68, 68);
    picture_->setAccessibleName(tr("Picture of the new sample"));
    picture_name_ = new ElidedLabel;
    picture_name_->setElideMode(Qt::ElideMiddle);
    picture_name_->setFont(Theme::instance().font(TextRole::kTable));
    auto* away = new IconButton(QStringLiteral("close"), tr("Take the picture away"));
    auto* picture_line = new QHBoxLayout(picture_row_);
    picture_line->setContentsMargins(0, 0, 0, 0);
    picture_line->addWidget(picture_);
    picture_line->addWidget(picture_name_, 1);
    picture_line->addWidget(away);
    auto* head = new QHBoxLayout;
    head->addWidget(title);
    head->addStretch(1);
    head->addWidget(keep_);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(kMargin, 8, kMargin, kMargin);
    column->setSpacing(8);
    column->addLayout(head);
    column->addWidget(field_);
    column->addWidget(zone_);
    column->addWidget(picture_row_);
    connect(keep_, &QPushButton::clicked, this, &SamplePanel::keepAsked);
    connect(field_, &QLineEdit::textEdited, &typed_, qOverload<>(&QTimer::start));
    connect(field_, &QLineEdit::returnPressed, this, [this] {
        takeDraft();
        if (!draft_.isEmpty()) Q_EMIT keepAsked();
    });
    connect(field_, &QLineEdit::inputRejected, this, [this] {
        Q_EMIT failed({static_cast<int>(ExitCode::kBadData),
                       tr("The text is longer than %1 characters; what goes beyond was left out")
                           .arg(number(field_->maxLength(), 0)),
                       {},
                       tr("Models read far fewer tokens than that")});
    });
    connect(zone_, &DropZone::browse, this, &SamplePanel::browseAsked);
    connect(away, &QToolButton::clicked, this, [this] { setDraftImage({}); });
    auto* intake = new PictureIntake(this, field_);
    intake->tellOthers();
    connect(intake, &PictureIntake::hovering, zone_, &DropZone::setHot);
    connect(intake, &PictureIntake::picture, this, &SamplePanel::setDraftImage);
    connect(intake, &PictureIntake::failed, this, &SamplePanel::failed);
    return box;
}

SamplePanel::List SamplePanel::currentList() const {
    return static_cast<List>(lists_->current());
}

void SamplePanel::showList(List list) {
    lists_->setCurrent(list);
    SampleListModel& model = *models_[list];
    quiet_ = true;
    if (view_->model() != &model) {
        QItemSelectionModel* old = view_->selectionModel();
        view_->setModel(&model);
        delete old;
    }
    quiet_ = false;
    caption_->setText(captions_[list]);
    caption_->setVisible(!caption_->text().isEmpty());
    view_->setEmptyText(empty_[list]);
}

void SamplePanel::setWords(List list, const QString& caption, const QString& empty) {
    captions_[list] = caption;
    empty_[list] = empty;
    if (list == currentList()) showList(list);
}

void SamplePanel::setCurrent(int key) {
    quiet_ = true;
    const int row = shown().rowOf(key);
    if (row < 0) {
        view_->clearSelection();
        view_->selectionModel()->setCurrentIndex({}, QItemSelectionModel::NoUpdate);
    } else {
        view_->setCurrentIndex(shown().index(row));
    }
    quiet_ = false;
}

void SamplePanel::takeDraft() {
    typed_.stop();
    if (field_->text().trimmed() == draft_.text) return;
    draft_.text = field_->text().trimmed();
    showDraft();
    Q_EMIT draftChanged();
}

void SamplePanel::setDraftImage(const QString& file) {
    typed_.stop();
    draft_.text = field_->text().trimmed();
    draft_.image = file;
    showDraft();
    Q_EMIT draftChanged();
}

void SamplePanel::clearDraft() {
    typed_.stop();
    field_->clear();
    draft_ = {};
    showDraft();
}

void SamplePanel::showDraft() {
    keep_->setEnabled(!draft_.isEmpty());
    keep_->setToolTip(draft_.isEmpty() ? tr("Type a text or drop an image first")
                                       : tr("Keep it under My samples (Enter)"));
    zone_->setVisible(draft_.image.isEmpty());
    picture_row_->setVisible(!draft_.image.isEmpty());
    picture_->setFile(draft_.image);
    picture_name_->setFullText(draft_.image.isEmpty() ? QString() : sampleTitle({{}, {}, draft_.image}));
}

}  // namespace switchyard::ui
