// SPDX-License-Identifier: GPL-3.0-or-later
// The Routing page's panel in the left dock: rows of the evaluation data, what the run recorded, the person's own
// samples, and a new one.
#pragma once

#include <QListView>
#include <QTimer>
#include <QWidget>
#include <array>

#include "ui/models/sample_list_model.h"
#include "ui/services/failure.h"

class QLabel;
class QLineEdit;
class QPushButton;

namespace switchyard::ui {

class DropZone;
class ElidedLabel;
class PictureBox;
class PictureLoader;
class SegmentedControl;

/// Rows of samples; Enter and a click are chosen(), Delete is removeAsked(). Thread: GUI thread.
class SampleListView : public QListView {
    Q_OBJECT
public:
    explicit SampleListView(PictureLoader& pictures, QWidget* parent = nullptr);
    /// Stands there while the list is empty.
    void setEmptyText(const QString& text);

Q_SIGNALS:
    void chosen(int row);
    void removeAsked(int row);

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

private:
    QString empty_text_;
};

/// Thread: GUI thread.
class SamplePanel : public QWidget {
    Q_OBJECT
public:
    enum List { kData, kProbe, kOwn };
    SamplePanel(SampleListModel& evaluation, SampleListModel& probe, SampleListModel& own, PictureLoader& pictures,
                QWidget* parent = nullptr);
    void showList(List list);
    List currentList() const;
    /// Caption over a list's rows, and what stands in their place when there are none.
    void setWords(List list, const QString& caption, const QString& empty);
    /// Marks the row without choosing it; a key of no row marks none.
    void setCurrent(int key);
    /// What is being written: it is looked at while it is typed.
    const RouteQuery& draft() const { return draft_; }
    void setDraftImage(const QString& file);
    void clearDraft();
    QLineEdit* field() const { return field_; }
    DropZone* dropZone() const { return zone_; }
    SampleListView* view() const { return view_; }
    SegmentedControl* lists() const { return lists_; }

Q_SIGNALS:
    void chosen(int key);
    void removed(int key);
    void draftChanged();  ///< a moment after the last key
    void keepAsked();
    void browseAsked();
    void failed(const switchyard::ui::Failure& failure);

private:
    QWidget* makeComposer(PictureLoader& pictures);
    void takeDraft();
    void showDraft();
    SampleListModel& shown() const { return *models_[currentList()]; }

    std::array<SampleListModel*, 3> models_;  ///< by List
    SampleListModel& own_;
    RouteQuery draft_;
    QTimer typed_;
    SegmentedControl* lists_;
    QLabel* caption_;
    SampleListView* view_;
    QLineEdit* field_;
    QPushButton* keep_;
    DropZone* zone_;
    QWidget* picture_row_;
    PictureBox* picture_;
    ElidedLabel* picture_name_;
    std::array<QString, 3> captions_, empty_;
    bool quiet_ = false;  ///< the selection is moved by us
};

}  // namespace switchyard::ui
