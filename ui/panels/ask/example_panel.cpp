// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/ask/example_panel.h"

#include <QLabel>
#include <QVBoxLayout>

#include "ui/models/example_list_model.h"
#include "ui/panels/routing/sample_panel.h"

namespace switchyard::ui {

ExamplePanel::ExamplePanel(ExampleListModel& examples, PictureLoader& pictures, QWidget* parent) : QWidget(parent) {
    setWindowTitle(tr("Examples"));
    setAttribute(Qt::WA_StyledBackground);
    setProperty("panel", true);
    caption_ = new QLabel;
    caption_->setProperty("role", "caption");
    caption_->setContentsMargins(12, 8, 12, 8);
    caption_->setWordWrap(true);
    view_ = new SampleListView(pictures);
    view_->setModel(&examples);
    view_->setAccessibleName(tr("Examples of the evaluation data"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(caption_);
    column->addWidget(view_, 1);
    connect(view_, &SampleListView::chosen, this, [this](int row) {
        if (!quiet_) Q_EMIT chosen(row);
    });
    setWords({}, {});
}

void ExamplePanel::setWords(const QString& caption, const QString& empty) {
    caption_->setText(caption);
    caption_->setVisible(!caption.isEmpty());
    view_->setEmptyText(empty);
}

void ExamplePanel::setCurrent(int row) {
    quiet_ = true;
    if (row < 0) {
        view_->clearSelection();
        view_->selectionModel()->setCurrentIndex({}, QItemSelectionModel::NoUpdate);
    } else {
        view_->setCurrentIndex(view_->model()->index(row, 0));
    }
    quiet_ = false;
}

}  // namespace switchyard::ui
